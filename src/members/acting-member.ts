import { toPublicId } from '../kernel/ids.ts';
import { type Outcome, refused } from '../kernel/refusal.ts';
import type { Viewer } from '../kernel/viewer.ts';
import type { Member, MemberKey } from './member.ts';
import { keyOf, type MemberRef, payerKeyOf } from './member-ref.ts';

type Actor = Exclude<Viewer, { role: 'ANONYMOUS' }>;

/** The member for whom somebody acts: a member for itself, also when it names nobody; others name the member. */
export function actingKey(viewer: Actor, ref: MemberRef | null | undefined, field = 'member'): Outcome<MemberKey> {
  if (viewer.role === 'MEMBER' && (ref ?? undefined) === undefined) {
    return { done: { kind: 'id', value: toPublicId('Member', viewer.memberId) } };
  }
  return keyOf(ref ?? {}, viewer.role === 'PARTNER' ? viewer.partnerId : undefined, field);
}

/** The same of a member who pays: a partner may name it by the token that it shows. */
export function payingKey(viewer: Actor, ref: MemberRef | null | undefined): Outcome<MemberKey> {
  return viewer.role === 'PARTNER' ? payerKeyOf(ref ?? {}, viewer.partnerId) : actingKey(viewer, ref);
}

/** The member that was found, unless a member named another than itself: whether there is such a one is not told. */
export function checkActing(viewer: Actor, key: Outcome<MemberKey>, member: Member | undefined, field = 'member'): Outcome<Member> {
  if ('refused' in key) return key;
  if (viewer.role === 'MEMBER' && member?.id !== viewer.memberId) {
    return refused('FORBIDDEN', 'A member acts for itself only.', { field: [field] });
  }
  return member === undefined ? refused('VALIDATION', 'There is no such member.', { field: [field] }) : { done: member };
}
