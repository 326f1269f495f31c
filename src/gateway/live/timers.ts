const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Calls back at an instant, however far ahead: timers hold 24 days at most, so a longer one is set again. Answers how to cancel it. */
export function callAt(instant: Date, work: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const left = instant.getTime() - Date.now();
    timer = left > LONGEST_TIMER_MS ? setTimeout(wait, LONGEST_TIMER_MS) : setTimeout(work, Math.max(left, 0));
  };
  wait();
  return () => clearTimeout(timer);
}
