import { Client } from 'pg';
import { mintSandboxToken } from '../../../src/gateway/tokens.ts';
import { newId } from '../../../src/kernel/ids.ts';
import { openCoalition } from '../../../src/partners/open-coalition.ts';
import { migrate } from '../../../src/platform/migrate.ts';
import { sweepSettlement } from '../../../src/settlement/jobs/settlement-sweep.ts';
import { foundBrands, postAccruals } from '../../brands.ts';
import { median, rounded, say } from '../../figures.ts';
import type { Arena } from '../arena.ts';
import { ask } from '../ask.ts';
import type { Result } from '../report.ts';

const BRANDS = 50;
const MEMBERS = 10_000;
const ACCRUALS = 100_000;
const BATCH = 1_000;
/** What came after the last sweep, which the server does every ten seconds: the close has still to sum and seal it. */
const NOT_SWEPT = 5_000;

const CLOSE =
  'mutation ($input: CloseCycleInput!) { closeCycle(input: $input) { cycle { id status positions { party net { minor } } } userErrors { message } } }';
const LOOK = '{ clearingCycle { id status } }';
const SUM = 'select account_id, sum(available) as sum from ledger.entries group by account_id';
const TEMPLATE = 'closing';

/** Closing a cycle of many purchases over GraphQL, beside one sum over the same entries. Every round closes a copy of the same cycle. */
export async function closeCycle(arena: Arena): Promise<Result> {
  const { rounds } = arena.options;
  say(`\ncloseCycle: posting ${ACCRUALS} accruals over ${BRANDS} brands.`);
  const token = await fill(await arena.database(TEMPLATE));
  const ours: number[] = [];
  const sums: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const name = `${TEMPLATE}_${round}`;
    const url = await arena.database(name, TEMPLATE);
    const gateway = await arena.gatewayOn(url);
    // Whoever closes a cycle has looked at it.
    await ask(gateway.port, token, { query: LOOK });
    sums.push(await sumOnly(url));
    ours.push(await timed(() => close(gateway.port, token)));
    say(`  round ${round}  ours ${rounded(ours.at(-1) ?? 0, 0)} ms, sumOnly ${rounded(sums.at(-1) ?? 0, 0)} ms`);
    await gateway.stop();
    await arena.sql(`drop database ${name} with (force)`);
  }
  const [oursMs, sumOnlyMs] = [rounded(median(ours), 1), rounded(median(sums), 1)];
  const ratio = rounded(oursMs / sumOnlyMs);
  say(`  ours ${oursMs} ms, sumOnly ${sumOnlyMs} ms: ${ratio} times`);
  return { oursMs, sumOnlyMs, ratios: { 'ours/sumOnly': ratio }, accruals: ACCRUALS };
}

/** Answers the operator's token. */
async function fill(url: string): Promise<string> {
  await migrate(url);
  const db = await openCoalition(url, { poolSize: 4 });
  try {
    const brands = await foundBrands(db, BRANDS);
    const members = Array.from({ length: MEMBERS }, newId);
    for (let first = 0; first < ACCRUALS; first += BATCH) {
      if (first === ACCRUALS - NOT_SWEPT) await sweepSettlement(db);
      const brand = brands[(first / BATCH) % BRANDS];
      if (brand !== undefined) await postAccruals(db, brand, members, { first, count: BATCH });
    }
    return await mintSandboxToken(db, { role: 'OPERATOR' });
  } finally {
    await db.close();
  }
}

/** The second time: the first reads what nobody has read yet in a copied database. */
async function sumOnly(url: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('vacuum analyze');
  await client.query(SUM);
  const took = await timed(() => client.query(SUM));
  await client.end();
  return took;
}

async function close(port: number, token: string): Promise<void> {
  const variables = { input: { idempotencyKey: newId() } };
  const { closeCycle: closed } = await ask<{ closeCycle: { cycle: object | null; userErrors: object[] } }>(port, token, {
    query: CLOSE,
    variables,
  });
  if (closed.cycle === null) throw new Error(`not closed: ${JSON.stringify(closed.userErrors)}`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}
