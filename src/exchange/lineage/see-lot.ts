import { forbidAfterTermination } from '../../members/member-sight.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { forbidden } from '../../platform/graphql/rights.ts';
import { readChains, readLots } from './lineage.queries.ts';
import { sightOf } from './lineage.rules.ts';
import type { LotChain } from './lot.ts';
import { type LotType, toLot } from './lot.types.ts';

const ALONE: LotChain = { issuers: [], holdersBelow: [], holdersAbove: [] };

/**
 * A lot by its stored id as the viewer sees it; undefined where it sees none. Only who is not told by the lot itself, or by the part of its
 * chain that is known already, needs its chain.
 */
export async function seeLot(context: Context, id: string, known: LotChain = ALONE): Promise<LotType | undefined> {
  const { viewer } = context;
  const lot = await context.load(readLots, id);
  if (lot === undefined) return undefined;
  const told = sightOf(viewer, lot, known);
  const sight = told !== 'NONE' ? told : sightOf(viewer, lot, await context.load(readChains, id));
  return sight === 'NONE' ? undefined : toLot(lot, sight, viewer.role === 'MEMBER');
}

/** A lot by its stored id: an error where there is one that the viewer may not see. */
export async function lotNode(context: Context, id: string): Promise<LotType | undefined> {
  await forbidAfterTermination(context);
  const seen = await seeLot(context, id);
  if (seen === undefined && (await context.load(readLots, id)) !== undefined) throw forbidden();
  return seen;
}
