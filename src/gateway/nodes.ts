import { claimNode } from '../exchange/claims/claim-node.ts';
import { pointBlockNode } from '../exchange/funding/point-block-node.ts';
import { lotNode } from '../exchange/lineage/see-lot.ts';
import { entitlementNode, rewardNode } from '../exchange/rewards/reward-nodes.ts';
import { saleNode } from '../exchange/sales/sale-node.ts';
import { voucherNode } from '../exchange/termination/voucher-node.ts';
import { accrualNode, exchangeNode, redemptionNode } from '../exchange/transaction-nodes.ts';
import { transferNode } from '../exchange/transfer/transfer-node.ts';
import { type IdKind, parsePublicId } from '../kernel/ids.ts';
import { memberNode } from '../members/member-node.ts';
import { loadCoalition } from '../partners/load-coalition.ts';
import { PARTNER_NODES } from '../partners/partner-nodes.ts';
import { toProgram } from '../partners/program/program.types.ts';
import type { Context } from '../platform/graphql/context.ts';
import { cycleNode } from '../settlement/cycles/cycle-node.ts';
import { disputeNode } from '../settlement/disputes/dispute-node.ts';
import { ledgerEntryNode } from '../settlement/entries/ledger-entry-node.ts';
import { breakNode, reconciliationNode } from '../settlement/reconciliation/reconciliation-node.ts';
import { statementNode } from '../settlement/statements/statement-node.ts';

/** Reads one object with the rights of the viewer. The id is the stored one. */
type ReadNode = (context: Context, id: string) => Promise<object | undefined>;

/** Kinds of objects that can be read by their id, and how. */
export const NODES: { readonly [Kind in IdKind]?: ReadNode } = {
  ...PARTNER_NODES,
  Member: memberNode,
  Accrual: accrualNode,
  Redemption: redemptionNode,
  PointBlock: pointBlockNode,
  Claim: claimNode,
  Voucher: voucherNode,
  Exchange: exchangeNode,
  Transfer: transferNode,
  Reward: rewardNode,
  Entitlement: entitlementNode,
  Lot: lotNode,
  Sale: saleNode,
  ClearingCycle: cycleNode,
  LedgerEntry: ledgerEntryNode,
  Statement: statementNode,
  Dispute: disputeNode,
  Reconciliation: reconciliationNode,
  ReconciliationBreak: breakNode,
};

/** The object behind a public id, or undefined. */
export async function readNode(context: Context, id: string): Promise<object | undefined> {
  const parsed = parsePublicId(id);
  return parsed && NODES[parsed.kind]?.(context, parsed.uuid);
}

/** What a router hands from one domain to the next: the name of a type and the key of an object. */
export async function readReference(
  context: Context,
  typeName: string,
  reference: Readonly<Record<string, unknown>>,
): Promise<object | undefined> {
  const { id } = reference;
  if (typeName === 'Program') return toProgram((await loadCoalition(context)).program);
  return typeof id === 'string' && parsePublicId(id)?.kind === typeName ? readNode(context, id) : reference;
}
