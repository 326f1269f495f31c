import { toPublicId } from '../../kernel/ids.ts';
import { invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import type { Viewer } from '../../kernel/viewer.ts';
import type { Coalition } from '../../partners/coalition.ts';
import { OPERATOR, responsibleFor } from '../../partners/contracts/clauses/responsibility/responsibility.rules.ts';
import { lastVersionBy } from '../../partners/contracts/contract.rules.ts';
import { hasLeft } from '../../partners/contracts/has-left.rules.ts';
import type { Partner } from '../../partners/partner.ts';
import type { AccrueCommand } from '../accrual/plan-accrual.ts';
import type { Claim, ClaimTask } from './claim.ts';

/** A claim is answered within 24 hours; after an escalation the operator has as long again. */
const SLA_MILLISECONDS = 24 * 60 * 60 * 1000;

export const slaDue = (from: Date): Date => new Date(from.getTime() + SLA_MILLISECONDS);

const LONGEST_TEXT = 2000;

/** Text for people: something, and not a book. */
export function checkText(text: string, field: string): Outcome<string> {
  return text.trim() === '' || text.length > LONGEST_TEXT || text.includes('\0')
    ? invalid(field, `Give 1 to ${LONGEST_TEXT} characters.`)
    : { done: text };
}

/** Claims of one member that may wait for a decision at once. */
const MOST_OPEN = 20;

export function checkRoom(open: number): Outcome<number> {
  return open < MOST_OPEN
    ? { done: open }
    : refused('CAP_EXCEEDED', `${open} claims of the member are not decided yet: another can be opened once one of them is.`, {
        details: { limit: MOST_OPEN, remaining: 0 },
      });
}

/** Who answers for a task about a purchase at a partner: by the contract of that day; null for the operator, also in place of who has left. */
export function assigneeOf(coalition: Coalition, partner: Partner, task: ClaimTask, occurredAt: Date, now: Date): string | null {
  const contract = coalition.contractAt(partner.id, occurredAt);
  const clauses = (contract && lastVersionBy(contract, occurredAt)?.clauses) ?? [];
  const party = responsibleFor(clauses, task, partner.code);
  const assignee = party === OPERATOR ? undefined : coalition.partnerOf(party);
  return assignee === undefined || hasLeft(coalition, assignee.id, now) ? null : assignee.id;
}

export const isOpen = ({ status }: Claim): boolean => status !== 'APPROVED' && status !== 'REJECTED';

/** Whether the time for an answer has passed, by the program's clock. */
export const isOverdue = (claim: Claim, now: Date): boolean => isOpen(claim) && claim.slaDueAt <= now;

/** Whether a claim is this viewer's to decide. The operator also decides what a partner left unanswered, and in place of one that has left. */
function isAssignedTo(claim: Claim, viewer: Viewer, coalition: Coalition, now: Date): boolean {
  const isGone = claim.assigneeId !== null && hasLeft(coalition, claim.assigneeId, now);
  if (viewer.role === 'OPERATOR') return claim.assigneeId === null || isGone || isOverdue(claim, now);
  return viewer.role === 'PARTNER' && viewer.partnerId === claim.assigneeId && !isGone;
}

/** A claim is for its member, the operator, the partner that it is about and the one that answers for it. */
export function maySeeClaim(viewer: Viewer, claim: Claim): boolean {
  if (viewer.role === 'PARTNER') return viewer.partnerId === claim.partnerId || viewer.partnerId === claim.assigneeId;
  return viewer.role === 'OPERATOR' || (viewer.role === 'MEMBER' && viewer.memberId === claim.memberId);
}

/** The claim, when it is this viewer's to decide and not decided. Whether the id is unknown or somebody else's is not told. */
export function checkDecidable(claim: Claim | undefined, viewer: Viewer, coalition: Coalition, now: Date): Outcome<Claim> {
  if (claim === undefined || !isAssignedTo(claim, viewer, coalition, now))
    return refused('FORBIDDEN', 'There is no such claim for you to decide.', { field: ['claimId'] });
  return isOpen(claim) ? { done: claim } : refused('CLAIM_RESOLVED', `The claim is decided: ${claim.status}.`);
}

/** The purchase behind a claim, dated the original day. Without a name of the partner's it is called after the claim. */
export function purchaseOf(claim: Claim, currency: string): AccrueCommand {
  return {
    idempotencyKey: undefined,
    externalId: claim.externalId ?? toPublicId('Claim', claim.id),
    member: { done: { kind: 'id', value: toPublicId('Member', claim.memberId) } },
    occurredAt: claim.occurredAt,
    channel: 'PARTNER_API',
    amount: claim.amountMinor === null ? undefined : { minor: claim.amountMinor, currency },
    points: claim.points ?? undefined,
    confirm: 'AUTO',
  };
}
