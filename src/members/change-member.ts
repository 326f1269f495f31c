import { done, invalid, type Outcome } from '../kernel/refusal.ts';
import type { Tx } from '../platform/database.ts';
import { type Attempt, once } from '../platform/idempotency.ts';
import type { Member, MemberStatus } from './member.ts';
import { findMembers, lockMember } from './members.queries.ts';

export interface ChangeMember {
  readonly attempt: Attempt;
  /** Public id. */
  readonly memberId: string;
  readonly tier?: string;
  readonly status?: MemberStatus;
}

const TIER = /^[A-Z0-9_]{1,32}$/;

/** Sets a member's tier or status. Setting what is set already changes nothing. */
export function changeMember(tx: Tx, command: ChangeMember): Promise<Outcome<{ value: Member; replayed: boolean }>> {
  const read = async (): Promise<Member | undefined> => (await findMembers(tx, [{ kind: 'id', value: command.memberId }]))[0];
  return once(
    tx,
    command.attempt,
    async () => {
      const member = await read();
      if (member === undefined) throw new Error('a changed member is gone');
      return member;
    },
    async () => {
      await lockMember(tx, command.memberId);
      const member = await read();
      if (member === undefined) return invalid('memberId', 'There is no such member.');
      if (command.tier !== undefined && !TIER.test(command.tier))
        return invalid('tier', 'A tier code has 1 to 32 capitals, digits or underscores.');
      if (member.status === 'CLOSED' && command.status !== undefined && command.status !== 'CLOSED') {
        return invalid('status', 'A closed member stays closed.');
      }
      const change = [member.id, command.tier ?? null, command.status ?? null];
      await tx.rows('update members.members set tier = coalesce($2, tier), status = coalesce($3, status) where id = $1', change);
      return done({ value: (await read()) ?? member, record: { memberId: member.id } });
    },
  );
}
