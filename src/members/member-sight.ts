import type { ClauseOf } from '../partners/contracts/clause.ts';
import { type MemberDataField, mayRead } from '../partners/contracts/clauses/data-sharing/data-sharing.rules.ts';
import { clausesInForce } from '../partners/contracts/clauses-in-force.rules.ts';
import { hasLeft } from '../partners/contracts/has-left.rules.ts';
import { readCoalitionOnce } from '../partners/load-coalition.ts';
import type { Context } from '../platform/graphql/context.ts';
import { forbidden } from '../platform/graphql/rights.ts';
import { readConsents } from './members.queries.ts';

/** Whether the viewer reads a part of a member's data in full: members their own, operators everybody's, a partner what was agreed with both. */
export async function seesInFull(context: Context, memberId: string, field: MemberDataField): Promise<boolean> {
  const { viewer } = context;
  if (viewer.role !== 'PARTNER') return viewer.role === 'OPERATOR' || (viewer.role === 'MEMBER' && viewer.memberId === memberId);
  const clause = await dataSharedWith(context, viewer.partnerId);
  return clause?.fields.includes(field) === true && mayRead(clause, field, await context.load(readConsents, memberId));
}

/** What the partner's contract says about members' data now. A suspended contract shares nothing. */
export async function dataSharedWith(context: Context, partnerId: string): Promise<ClauseOf<'dataSharing'> | undefined> {
  const { coalition, now } = await readCoalitionOnce(context);
  const contract = coalition.contractAt(partnerId, now);
  if (contract === undefined || contract.suspendedAt !== undefined) return undefined;
  return clausesInForce(contract, 'dataSharing', now)[0];
}

/** Once its contract is terminated a partner reads its contract and statements, and nothing of members any more: domain 3.5. */
export async function forbidAfterTermination(context: Context): Promise<void> {
  const { viewer } = context;
  if (viewer.role !== 'PARTNER') return;
  const { coalition, now } = await readCoalitionOnce(context);
  if (hasLeft(coalition, viewer.partnerId, now)) throw forbidden('The contract is terminated: members are not shown any more.');
}
