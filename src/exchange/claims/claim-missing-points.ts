import { newId } from '../../kernel/ids.ts';
import type { Amount } from '../../kernel/money.ts';
import { done, invalid, type Outcome } from '../../kernel/refusal.ts';
import type { Viewer } from '../../kernel/viewer.ts';
import { checkActing } from '../../members/acting-member.ts';
import type { MemberKey } from '../../members/member.ts';
import { findMembers } from '../../members/members.queries.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import type { Attempt } from '../../platform/idempotency.ts';
import { checkClaim } from '../accrual/accrual.rules.ts';
import { type Claimed, claimOnce } from './change-claim.ts';
import { assigneeOf, checkRoom, checkText, slaDue } from './claim.rules.ts';
import type { Claim, ClaimTask } from './claim.ts';
import { countOpenClaims, insertClaim, lockClaimsOf } from './claims.queries.ts';

export interface ClaimMissingPoints {
  readonly attempt: Attempt;
  readonly viewer: Exclude<Viewer, { role: 'ANONYMOUS' }>;
  readonly member: Outcome<MemberKey>;
  readonly partner: string;
  readonly externalId: string | undefined;
  readonly occurredAt: Date;
  readonly amount: Amount | undefined;
  readonly points: bigint | undefined;
  readonly task: ClaimTask;
  readonly note: string;
}

/** A member says that points are missing. The claim goes to whom the partner's contract of that day made responsible. */
export async function claimMissingPoints(tx: Tx, command: ClaimMissingPoints): Promise<Outcome<Claimed>> {
  const [found] = 'done' in command.member ? await findMembers(tx, [command.member.done]) : [];
  const member = checkActing(command.viewer, command.member, found);
  if ('done' in member) await lockClaimsOf(tx, member.done.id);
  return claimOnce(tx, command.attempt, async () => {
    const { coalition, now } = await coalitionNow(tx);
    const note = checkText(command.note, 'note');
    if ('refused' in note) return note;
    const { occurredAt, amount, points, externalId } = command;
    const form = checkClaim(
      { externalId: externalId ?? 'unnamed', occurredAt, channel: 'PARTNER_API', amount, points, confirm: 'AUTO' },
      coalition.program.settlementCurrency,
      now,
    );
    if ('refused' in form) return form;
    const partner = coalition.partnerOf(command.partner);
    if (partner === undefined) return invalid('partner', `There is no partner ${command.partner}.`);
    if ('refused' in member) return member;
    const room = checkRoom(await countOpenClaims(tx, member.done.id));
    if ('refused' in room) return room;
    const claim: Claim = {
      id: newId(),
      memberId: member.done.id,
      partnerId: partner.id,
      task: command.task,
      externalId: externalId ?? null,
      occurredAt,
      amountMinor: amount?.minor ?? null,
      points: points ?? null,
      note: note.done,
      status: 'OPENED',
      assigneeId: assigneeOf(coalition, partner, command.task, occurredAt, now),
      openedAt: now,
      slaDueAt: slaDue(now),
      escalatedAt: null,
      resolvedAt: null,
      reason: null,
      accrualId: null,
    };
    await insertClaim(tx, claim);
    return done(claim);
  });
}
