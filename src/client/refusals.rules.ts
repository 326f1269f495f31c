/** The same token is not shown more often than this, */
const SAME_TOKEN = 3;
/** nor are more than this shown one after the other. */
const ANY_TOKEN = 10;

/** Whether it is in vain to go on after the server has turned these tokens away, one after the other. */
export function areInVain(refused: readonly string[]): boolean {
  if (refused.length >= ANY_TOKEN) return true;
  return refused.length >= SAME_TOKEN && new Set(refused.slice(-SAME_TOKEN)).size === 1;
}
