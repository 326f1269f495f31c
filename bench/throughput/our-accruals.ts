// Accruals over our GraphQL, as contestants.

import { sweepSettlement } from '../../src/settlement/jobs/settlement-sweep.ts';
import type { Arena } from './arena.ts';
import type { Contestant } from './contest.ts';
import type { Load } from './load.ts';

/** Clients over HTTP that each wait for their answer: tills are many. */
const CLIENTS = 128;

const ACCRUE =
  'mutation ($input: AccrueInput!) { accrue(input: $input) { accrual { id points } balance { available version } userErrors { code message } } }';
const ACCRUE_BATCH =
  'mutation ($inputs: [AccrueInput!]!) { accrueBatch(inputs: $inputs) { accepted refused results { accrual { id points } userErrors { code message } } } }';

const purchase = (): object => ({
  idempotencyKey: '$KEY',
  externalId: '$KEY',
  member: { id: '$MEMBER' },
  occurredAt: new Date().toISOString(),
  amount: { minor: '1000', currency: 'CNY' },
});

/** One accrual a request, by each of those who ask in turn. */
export const purchasesBy = (callers: Pick<Load, 'port' | 'tokens' | 'members'>): Omit<Load, 'seconds'> => ({
  ...callers,
  body: JSON.stringify({ query: ACCRUE, variables: { input: purchase() } }),
  accounts: 0,
  must: '"userErrors":[]',
  connections: CLIENTS,
});

/** The same by the first brands of the arena. */
export async function accrueLoad(arena: Arena, brands: number): Promise<Omit<Load, 'seconds'>> {
  const { port } = await arena.gateway();
  return purchasesBy({ port, tokens: await tokensOf(arena, brands), members: arena.members });
}

/** Whole batches, by all brands in turn. */
async function batchLoad(arena: Arena, lines: number, connections: number): Promise<Omit<Load, 'seconds'>> {
  const load = await accrueLoad(arena, arena.brands.length);
  const body = JSON.stringify({ query: ACCRUE_BATCH, variables: { inputs: Array.from({ length: lines }, purchase) } });
  return { ...load, body, connections, must: '"refused":0' };
}

export async function ourAccruals(arena: Arena, name: string, brands: number): Promise<Contestant> {
  return contestantOf(arena, name, await accrueLoad(arena, brands));
}

export async function ourBatches(arena: Arena, name: string, lines: number, connections: number): Promise<Contestant> {
  return { ...(await contestantOf(arena, name, await batchLoad(arena, lines, connections))), operationsPerRequest: lines };
}

async function contestantOf(arena: Arena, name: string, load: Omit<Load, 'seconds'>): Promise<Contestant> {
  const { pid } = await arena.gateway();
  return {
    name,
    pid,
    run: (seconds) => arena.load({ ...load, seconds }),
    // Entries are sealed and summed in the background, which must not fall into the turn of somebody else.
    finish: () => sweepSettlement(arena.db),
  };
}

function tokensOf({ brands, token }: Arena, count: number): Promise<string[]> {
  return Promise.all(brands.slice(0, count).map(({ code }) => token({ role: 'PARTNER', partner: code })));
}
