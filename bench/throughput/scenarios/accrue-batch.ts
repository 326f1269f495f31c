import type { Arena } from '../arena.ts';
import { type Contestant, contest } from '../contest.ts';
import type { Measured } from '../load.ts';
import { ourBatches } from '../our-accruals.ts';
import { type Result, reportContest } from '../report.ts';

/** As many as a request may have. */
const LINES = 1_000;
const CONNECTIONS = 4;

/** Purchases by the thousand, beside inserting the same rows without any rule. */
export async function accrueBatch(arena: Arena): Promise<Result> {
  const contestants = [await ourBatches(arena, 'ours', LINES, CONNECTIONS), await rawInsert(arena)];
  return reportContest(await contest(arena, 'accrueBatch', contestants), [['ours', 'rawInsert']]);
}

async function rawInsert(arena: Arena): Promise<Contestant> {
  const peer = await arena.peer('raw-insert.process.ts', async () => ({
    DATABASE_URL: arena.databaseUrl,
    LINES: String(LINES),
    CONNECTIONS: String(CONNECTIONS),
  }));
  return { name: 'rawInsert', pid: peer.pid, run: (seconds) => peer.ask<Measured>('run', { seconds }), operationsPerRequest: LINES };
}
