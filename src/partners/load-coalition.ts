import type { Db } from '../platform/database.ts';
import type { Context } from '../platform/graphql/context.ts';
import { type Coalition, coalitionNow } from './coalition.ts';

/** The configuration, and what the program's clock showed when it was read. */
export interface Reading {
  readonly coalition: Coalition;
  readonly now: Date;
}

/** Of each request: what it reads, and what was read once it is there. */
const readings = new WeakMap<Context, { readonly promise: Promise<Reading>; settled: Reading | undefined }>();

/** The configuration of the program and its clock, looked up once a request. */
export function readCoalitionOnce(context: Context): Promise<Reading> {
  const known = readings.get(context);
  if (known !== undefined) return known.promise;
  const reading = { promise: coalitionNow(context.db), settled: undefined as Reading | undefined };
  readings.set(context, reading);
  reading.promise.then((settled) => (reading.settled = settled)).catch(() => undefined);
  return reading.promise;
}

/** The configuration of the program, looked up once a request. */
export async function loadCoalition(context: Context): Promise<Coalition> {
  return (await readCoalitionOnce(context)).coalition;
}

/** What is said with the configuration: at once where it is at hand, so that the rows of a list do not wait for it one by one. */
export function withCoalition<T>(context: Context, say: (coalition: Coalition) => T): T | Promise<T> {
  const settled = readings.get(context)?.settled;
  return settled === undefined ? loadCoalition(context).then(say) : say(settled.coalition);
}

/** To be called with what was read for the request already, and when the request itself has changed it: what follows in it sees that. */
export function showCoalition(context: Context, reading: Reading): void {
  readings.set(context, { promise: Promise.resolve(reading), settled: reading });
}

/** What was shown to a context before. */
export function shownTo(context: Context): Reading {
  const settled = readings.get(context)?.settled;
  if (settled === undefined) throw new Error('nothing was read for this request yet');
  return settled;
}

/** The configuration and the clock, read once for all who ask at the same time. */
export async function readCoalitions(db: Db, keys: readonly 'now'[]): Promise<Reading[]> {
  const reading = await coalitionNow(db);
  return keys.map(() => reading);
}
