import 'reflect-metadata';
import type { Config } from './config.ts';
import { startGateway } from './gateway/http.ts';
import { coalitionNow } from './partners/coalition.ts';
import { PARTNER_ENTITIES } from './partners/entities.ts';
import { type Database, type DatabaseOptions, openDatabase } from './platform/database.ts';
import { scheduleWork } from './platform/jobs/schedule-work.ts';
import type { Log } from './platform/log.ts';
import { seedDemo } from './seed/seed-demo.ts';
import { closeOnSchedule } from './settlement/jobs/close-on-schedule.ts';
import { startSettlementSweep } from './settlement/jobs/settlement-sweep.ts';
import { startSweeping } from './settlement/jobs/sweep.ts';

/** The running house: the gateway on a port, and the pool behind it. */
export interface App {
  readonly port: number;
  readonly db: Database;
  close(): Promise<void>;
}

/** No client waits longer for one statement; commands take the time they need. */
const STATEMENT_TIMEOUT_MS = 60_000;

/** Opens the doors on a migrated database, filled with the fictional coalition first when it is empty and that is wanted. */
export async function createApp(config: Config, { databaseUrl, log }: { databaseUrl: string; log: Log }): Promise<App> {
  const db = await openCoalition(databaseUrl, { poolSize: config.poolSize, statementTimeoutMs: STATEMENT_TIMEOUT_MS });
  try {
    if (config.seed === 'demo') await seedDemo(db);
    const gateway = await startGateway({ config, db, log });
    const stopSweeping = startSweeping(
      db,
      (fault) => log.error({ err: fault }, 'a sweep failed'),
      (low) => log.warn(low, 'the prepaid points of a partner run low'),
    );
    const stopSettlementSweep = startSettlementSweep(db, (fault) => log.error({ err: fault }, 'a sweep of settlement failed'));
    const stopSchedule = await scheduleClosing(config, { db, databaseUrl, log });
    return {
      port: gateway.port,
      db,
      close: async () => {
        await stopSchedule();
        await Promise.all([stopSweeping(), stopSettlementSweep()]);
        await gateway.close();
        await db.close();
      },
    };
  } catch (error) {
    await db.close();
    throw error;
  }
}

/** Cycles close by themselves where a schedule is set, in program time. */
async function scheduleClosing(
  { closeSchedule }: Config,
  { db, databaseUrl, log }: { db: Database; databaseUrl: string; log: Log },
): Promise<() => Promise<void>> {
  if (closeSchedule === undefined) return async () => undefined;
  const { coalition } = await coalitionNow(db);
  const work = { name: 'close-cycle', cron: closeSchedule, timeZone: coalition.program.timeZone, work: () => closeOnSchedule(db) };
  return scheduleWork(databaseUrl, [work], (fault) => log.error({ err: fault }, 'a scheduled job failed'));
}

/** The pool that every process of the house works through. */
export function openCoalition(databaseUrl: string, options: Omit<DatabaseOptions, 'entities'>): Promise<Database> {
  return openDatabase(databaseUrl, { ...options, entities: PARTNER_ENTITIES });
}
