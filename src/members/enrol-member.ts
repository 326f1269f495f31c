import { done, type Outcome, refused } from '../kernel/refusal.ts';
import { coalitionNow } from '../partners/coalition.ts';
import { hasLeft } from '../partners/contracts/has-left.rules.ts';
import { Retry, type Tx } from '../platform/database.ts';
import { type Attempt, once } from '../platform/idempotency.ts';
import { enrolMany } from './enrol-many.ts';
import type { Enrolment } from './enrolment.rules.ts';
import type { Member } from './member.ts';
import { readMembers } from './members.queries.ts';

export interface EnrolMember extends Omit<Enrolment, 'homePartnerId' | 'externalScope' | 'enrolledAt'> {
  readonly attempt: Attempt;
  /** The partner that enrols; undefined for the operator. */
  readonly partnerId: string | undefined;
  /** Code of the home partner, where one was named. */
  readonly homePartner: string | undefined;
}

/** Enrols one member; a partner is the home partner of those it enrols. */
export function enrolMember(tx: Tx, command: EnrolMember): Promise<Outcome<{ value: Member; replayed: boolean }>> {
  return once(
    tx,
    command.attempt,
    async (recorded) => {
      const [member] = await readMembers(tx, [String(recorded.memberId)]);
      if (member === undefined) throw new Error('an enrolled member is gone');
      return member;
    },
    async () => {
      const enrolled = await enrolNew(tx, command);
      return 'refused' in enrolled ? enrolled : done({ value: enrolled.done, record: { memberId: enrolled.done.id } });
    },
  );
}

async function enrolNew(tx: Tx, command: EnrolMember): Promise<Outcome<Member>> {
  const { coalition, now } = await coalitionNow(tx);
  const named = command.homePartner === undefined ? undefined : coalition.partnerOf(command.homePartner);
  if (command.homePartner !== undefined && named === undefined) {
    return refused('VALIDATION', `There is no partner ${command.homePartner}.`, { field: ['homePartner'] });
  }
  if (command.partnerId !== undefined && named !== undefined && named.id !== command.partnerId) {
    return refused('FORBIDDEN', 'A partner enrols members for itself only.', { field: ['homePartner'] });
  }
  if (command.partnerId !== undefined && hasLeft(coalition, command.partnerId, now)) {
    return refused('FORBIDDEN', 'The contract is terminated: the partner enrols nobody any more.');
  }
  const scope = command.partnerId ?? null;
  const [outcome] = await enrolMany(tx, [{ ...command, homePartnerId: named?.id ?? scope, externalScope: scope, enrolledAt: now }]);
  if (outcome === undefined) throw new Error('an enrolment was not answered');
  // The number was drawn at random and is another one the next time.
  if ('refused' in outcome && outcome.refused.field?.[0] === 'cardNumber') throw new Retry('a card number was drawn twice');
  return outcome;
}
