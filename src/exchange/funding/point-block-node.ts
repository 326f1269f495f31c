import { actsForPartner } from '../../kernel/viewer.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { forbidden } from '../../platform/graphql/rights.ts';
import { type PointBlockType, toPointBlock } from './point-block.types.ts';
import { readBlocks } from './point-blocks.queries.ts';

/** A point block by its stored id: for its partner and the operator. */
export async function pointBlockNode(context: Context, id: string): Promise<PointBlockType | undefined> {
  const block = await context.load(readBlocks, id);
  if (block === undefined) return undefined;
  if (!actsForPartner(context.viewer, block.partnerId)) throw forbidden();
  return toPointBlock(block);
}
