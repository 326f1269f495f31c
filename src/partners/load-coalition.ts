import type { Db } from '../platform/database.ts';
import type { Context } from '../platform/graphql/context.ts';
import { type Coalition, coalitionNow } from './coalition.ts';

/** The configuration, and what the program's clock showed when it was read. */
interface Reading {
  readonly coalition: Coalition;
  readonly now: Date;
}

const readings = new WeakMap<Context, Promise<Reading>>();

/** The configuration of the program and its clock, looked up once a request. */
export function readCoalitionOnce(context: Context): Promise<Reading> {
  let reading = readings.get(context);
  if (reading === undefined) {
    reading = coalitionNow(context.db);
    readings.set(context, reading);
  }
  return reading;
}

/** The configuration of the program, looked up once a request. */
export async function loadCoalition(context: Context): Promise<Coalition> {
  return (await readCoalitionOnce(context)).coalition;
}

/** To be called when the request itself has changed the configuration, or has read it otherwise: what follows in it sees the same. */
export function showCoalition(context: Context, reading: Reading): void {
  readings.set(context, Promise.resolve(reading));
}

/** The configuration and the clock, read once for all who ask at the same time. */
export async function readCoalitions(db: Db, keys: readonly 'now'[]): Promise<Reading[]> {
  const reading = await coalitionNow(db);
  return keys.map(() => reading);
}
