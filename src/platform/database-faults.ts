import { isLostRace } from './database.ts';

/**
 * Codes with which PostgreSQL or the network says that the database cannot be reached, or not do this, just now: what waited too long
 * for a lock or took too long, and what met others again and again.
 */
const AWAY = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  '08000',
  '08001',
  '08003',
  '08006',
  '25P03',
  '40001',
  '40P01',
  '53300',
  '55000',
  '55P03',
  '57014',
  '57P01',
  '57P02',
  '57P03',
]);
const AWAY_MESSAGE =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout)/;
const NUMERIC_VALUE_OUT_OF_RANGE = '22003';

function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Whether an error means that the database is away or overrun: what was asked for can be repeated with the same idempotency key. */
export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway);
  if (!(error instanceof Error)) return false;
  if (isLostRace(error)) return true;
  return AWAY.has(codeOf(error) ?? '') || AWAY_MESSAGE.test(error.message) || isDatabaseAway(error.cause);
}

/** Whether an error means that a number, or a sum it went into, is too large for the book. Nothing was changed. */
export function isOutOfRange(error: unknown): boolean {
  return codeOf(error) === NUMERIC_VALUE_OUT_OF_RANGE;
}
