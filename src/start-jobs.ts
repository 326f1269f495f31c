import type { Config } from './config.ts';
import { coalitionNow } from './partners/coalition.ts';
import type { Database } from './platform/database.ts';
import type { Log } from './platform/log.ts';
import { closeOnSchedule } from './settlement/jobs/close-on-schedule.ts';
import { startSettlementSweep } from './settlement/jobs/settlement-sweep.ts';
import { startSweeping } from './settlement/jobs/sweep.ts';

interface House {
  readonly db: Database;
  readonly databaseUrl: string;
  readonly log: Log;
}

/** Does what is due by itself, beside requests; several processes take turns. Answers how to stop. */
export async function startJobs(config: Config, house: House): Promise<() => Promise<void>> {
  const { db, log } = house;
  const stopSchedule = await scheduleClosing(config, house);
  const stopSweeping = startSweeping(
    db,
    (fault) => log.error({ err: fault }, 'a sweep failed'),
    (low) => log.warn(low, 'the prepaid points of a partner run low'),
  );
  const stopSettlementSweep = startSettlementSweep(db, (fault) => log.error({ err: fault }, 'a sweep of settlement failed'));
  return async () => {
    await Promise.all([stopSchedule(), stopSweeping(), stopSettlementSweep()]);
  };
}

/** Cycles close by themselves where a schedule is set, in program time. */
async function scheduleClosing({ closeSchedule }: Config, { db, databaseUrl, log }: House): Promise<() => Promise<void>> {
  if (closeSchedule === undefined) return async () => undefined;
  const { scheduleWork } = await import('./platform/jobs/schedule-work.ts');
  const { coalition } = await coalitionNow(db);
  const work = { name: 'close-cycle', cron: closeSchedule, timeZone: coalition.program.timeZone, work: () => closeOnSchedule(db) };
  return scheduleWork(databaseUrl, [work], (fault) => log.error({ err: fault }, 'a scheduled job failed'));
}
