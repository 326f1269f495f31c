import { type Arena, POOL_SIZE } from '../arena.ts';
import { type Contestant, contest } from '../contest.ts';
import type { Measured } from '../load.ts';
import { ourAccruals } from '../our-accruals.ts';
import { type Result, reportContest } from '../report.ts';

/** As many as `pgbench` is told to have; PostGraphile answers that many clients faster than more of them. */
const CONNECTIONS = 32;

const TRANSFER = 'mutation ($input: MakeTransferInput!) { makeTransfer(input: $input) { result { id amount } } }';

/** One purchase a request, over all members and brands, beside a transfer of PostGraphile and the simple update of pgbench. */
export async function accrue(arena: Arena): Promise<Result> {
  const contestants = [await ourAccruals(arena, 'ours', arena.brands.length), await postgraphile(arena), await simpleUpdate(arena)];
  return reportContest(await contest(arena, 'accrue', contestants), [
    ['ours', 'postgraphile'],
    ['ours', 'pgbenchSimpleUpdate'],
  ]);
}

/** Between any two of as many accounts as we have members: none is hotter than the others, which is the best case of a ledger with row locks. */
async function postgraphile(arena: Arena): Promise<Contestant> {
  const accounts = arena.members.length;
  const environment = { ACCOUNTS: String(accounts), POOL_SIZE: String(POOL_SIZE) };
  const { pid, port } = await arena.peer('postgraphile.process.ts', async () => ({
    DATABASE_URL: await arena.database('postgraphile'),
    ...environment,
  }));
  const input = { idempotencyKey: '$KEY', fromAccount: '$FIRST', toAccount: '$SECOND', amount: '100' };
  // Numbers of accounts are integers, so they stand without quotes.
  const body = JSON.stringify({ query: TRANSFER, variables: { input } }).replace(/"(\$FIRST|\$SECOND)"/g, '$1');
  const load = { port, tokens: [], body, members: [], accounts, must: '"result":{"id"', connections: CONNECTIONS };
  return { name: 'postgraphile', pid, run: (seconds) => arena.load({ ...load, seconds }) };
}

async function simpleUpdate(arena: Arena): Promise<Contestant> {
  const peer = await arena.peer('simple-update.process.ts', async () => ({
    DATABASE_URL: await arena.database('simple_update'),
    CONNECTIONS: String(CONNECTIONS),
  }));
  return { name: 'pgbenchSimpleUpdate', pid: undefined, run: (seconds) => peer.ask<Measured>('run', { seconds }) };
}
