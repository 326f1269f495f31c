import type { Context } from '../../platform/graphql/context.ts';
import { forbidden } from '../../platform/graphql/rights.ts';
import { type TransferType, toTransfer } from './transfer.types.ts';
import { readTransfers } from './transfers.queries.ts';

/** A transfer by its stored id: for its two members and the operator. */
export async function transferNode({ viewer, load }: Context, id: string): Promise<TransferType | undefined> {
  const transfer = await load(readTransfers, id);
  if (transfer === undefined) return undefined;
  const isParty = viewer.role === 'MEMBER' && [transfer.fromMemberId, transfer.toMemberId].includes(viewer.memberId);
  if (viewer.role !== 'OPERATOR' && !isParty) throw forbidden();
  return toTransfer(transfer);
}
