import 'reflect-metadata';
import type { Config } from './config.ts';
import { accrualsOf } from './exchange/accrual/gather-accruals.ts';
import { startGateway } from './gateway/http.ts';
import { openCoalition } from './partners/open-coalition.ts';
import { mutationsOf } from './platform/batching/transact-together.ts';
import type { Database } from './platform/database.ts';
import type { Log } from './platform/log.ts';
import { seedDemo } from './seed/seed-demo.ts';
import { startJobs } from './start-jobs.ts';

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
  const { poolSize, keepsStatements } = config;
  const db = await openCoalition(databaseUrl, { poolSize, keepsStatements, statementTimeoutMs: STATEMENT_TIMEOUT_MS });
  try {
    const gathered = [accrualsOf(db, config.accrualsWaiting), mutationsOf(db, config.accrualsWaiting)];
    if (config.seed === 'demo') await seedDemo(db);
    const gateway = await startGateway({ config, db, log });
    const stopJobs = config.jobs ? await startJobs(config, { db, databaseUrl, log }) : async () => undefined;
    return {
      port: gateway.port,
      db,
      close: async () => {
        await stopJobs();
        await gateway.close();
        await Promise.all(gathered.map((one) => one.close()));
        await db.close();
      },
    };
  } catch (error) {
    await db.close();
    throw error;
  }
}
