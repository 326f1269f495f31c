import { PgBoss } from 'pg-boss';

/** Work that is due at instants which an expression of cron names, in one of all processes on the database. */
export interface ScheduledWork {
  readonly name: string;
  /** Five fields of cron: minute, hour, day of the month, month, day of the week. */
  readonly cron: string;
  readonly timeZone: string;
  /** Tried again, a few times, when it throws. */
  readonly work: () => Promise<unknown>;
}

/** pg-boss keeps its queues in a schema of its own, which it makes and migrates itself. */
const SCHEMA = 'jobs';
const RETRIES = { retryLimit: 5, retryDelay: 30, retryBackoff: true };
const STOP_PATIENCE_MS = 20_000;
/** How often due instants are looked for, and waiting work. */
const LOOK_SECONDS = 20;

/**
 * Does work on a schedule that is kept in the database: one that came due while no process ran is made up for once, and several processes do
 * it once together. Answers how to stop; work under way is finished.
 */
export async function scheduleWork(
  databaseUrl: string,
  works: readonly ScheduledWork[],
  onFault: (fault: unknown) => void,
): Promise<() => Promise<void>> {
  const boss = new PgBoss({
    connectionString: databaseUrl,
    schema: SCHEMA,
    application_name: 'pointsettia jobs',
    max: 3,
    cronMonitorIntervalSeconds: LOOK_SECONDS,
  });
  boss.on('error', onFault);
  await boss.start();
  for (const { name, cron, timeZone, work } of works) {
    await boss.createQueue(name, { ...RETRIES, policy: 'stately' });
    await boss.schedule(name, cron, null, { tz: timeZone, missed: 'once' });
    await boss.work(name, { pollingIntervalSeconds: LOOK_SECONDS / 2 }, async () => {
      try {
        await work();
      } catch (cause) {
        onFault(new Error(`${name} failed`, { cause }));
        throw cause;
      }
    });
  }
  return () => boss.stop({ graceful: true, timeout: STOP_PATIENCE_MS });
}
