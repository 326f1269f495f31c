import type { Arena } from '../arena.ts';
import { ask } from '../ask.ts';
import { type Contestant, contest } from '../contest.ts';
import { type Result, reportContest } from '../report.ts';

const ROWS = 100;
const LEAVES = 2_700;

/** 27 leaves a row, of objects up to four deep. */
const LIST = `query ($ref: MemberRef!, $first: Int!) { member(ref: $ref) { activity(first: $first) { edges { cursor node {
  __typename id at type partner { code } delta { currency { code } points held pending } balance { available pending held version }
  ... on AccrualActivity { accrual {
    id status externalId occurredAt pendingUntil points reversedPoints fundingMicros partner { code name } currency { code } breakdown { rule points }
  } } } } } } }`;

const ACCRUE_BATCH = `mutation ($inputs: [AccrueInput!]!) { accrueBatch(inputs: $inputs) { refused } }`;

interface Answer {
  readonly member: object;
}

/** So many pages at a time: more would wait in memory, for us and for the other. */
const CLIENTS = 32;

/**
 * A page of what happened to a member's points, read by the operator: from the database, and by our gateway from memory, beside a stock Apollo
 * Server that has the same page in memory.
 */
export async function list(arena: Arena): Promise<Result> {
  const { pid, port } = await arena.gateway();
  await fill(arena, port);
  const operator = await arena.token({ role: 'OPERATOR' });
  const request = { query: LIST, variables: { ref: { id: arena.reader.id }, first: ROWS } };
  const page = await ask<Answer>(port, operator, request);
  const leaves = leavesOf(page);
  if (leaves !== LEAVES) throw new Error(`the list has ${leaves} leaves`);
  const apollo = await arena.peer('apollo.process.ts');
  const memory = await arena.peer('gateway-from-memory.process.ts', async () => ({ DATABASE_URL: arena.databaseUrl }));
  for (const peer of [apollo, memory]) await peer.ask('serve', page.member);
  const contestant = (name: string, server: { pid: number; port: number }, tokens: string[]): Contestant => {
    const load = { port: server.port, tokens, body: JSON.stringify(request), members: [], accounts: 0, must: '"breakdown":[{"rule"' };
    return { name, pid: server.pid, run: (seconds) => arena.load({ ...load, connections: CLIENTS, seconds }) };
  };
  const contestants = [
    contestant('ours', { pid, port }, [operator]),
    contestant('oursFromMemory', memory, [operator]),
    contestant('stockApollo', apollo, []),
  ];
  return reportContest(await contest(arena, 'list', contestants), [
    ['ours', 'stockApollo'],
    ['oursFromMemory', 'stockApollo'],
  ]);
}

async function fill(arena: Arena, port: number): Promise<void> {
  const [brand] = arena.brands;
  const token = await arena.token({ role: 'PARTNER', partner: brand?.code ?? '' });
  const inputs = Array.from({ length: ROWS }, (_, no) => ({
    idempotencyKey: `list-${no}`,
    externalId: `list-${no}`,
    member: { id: arena.reader.id },
    occurredAt: new Date().toISOString(),
    amount: { minor: '1000', currency: 'CNY' },
  }));
  const { accrueBatch } = await ask<{ accrueBatch: { refused: number } }>(port, token, { query: ACCRUE_BATCH, variables: { inputs } });
  if (accrueBatch.refused > 0) throw new Error('accruals were refused');
}

function leavesOf(value: unknown): number {
  return typeof value === 'object' && value !== null ? Object.values(value).reduce((sum: number, inner) => sum + leavesOf(inner), 0) : 1;
}
