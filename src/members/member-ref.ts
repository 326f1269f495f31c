import { invalid, type Outcome, refused } from '../kernel/refusal.ts';
import type { MemberKey } from './member.ts';

/** A member as the wire names it. */
export interface MemberRef {
  readonly id?: string | null | undefined;
  readonly cardNumber?: string | null | undefined;
  readonly externalId?: string | null | undefined;
  readonly redemptionToken?: string | null | undefined;
}

/**
 * The one key that a reference holds. External ids are read as those of the calling partner, of an operator as the operator's. A redemption token
 * is for paying: elsewhere it would outlive its one use.
 */
export function keyOf(ref: MemberRef, partnerId: string | undefined, field = 'member'): Outcome<MemberKey> {
  const key = payerKeyOf(ref, partnerId, field);
  return 'done' in key && key.done.kind === 'redemptionToken'
    ? invalid(
        `${field}.redemptionToken`,
        'A redemption token names who pays, and where nothing is paid nobody: name the member by its id or card here.',
      )
    : key;
}

/** The same where the member pays, and may be named by the token that it shows. */
export function payerKeyOf(ref: MemberRef, partnerId: string | undefined, field = 'member'): Outcome<MemberKey> {
  const kinds = (['id', 'cardNumber', 'externalId', 'redemptionToken'] as const).filter((kind) => (ref[kind] ?? undefined) !== undefined);
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1)
    return refused('VALIDATION', 'Exactly one field names a member.', { field: field.split('.') });
  return { done: { kind, value: ref[kind] ?? '', partnerId: partnerId ?? null } };
}

/** A reference as it was sent, by which mutations keep their order: who that is would have to be read first. */
export function nameOf(member: Outcome<MemberKey>): string {
  if ('refused' in member) return '';
  const { kind, value, partnerId } = member.done;
  return `${kind} ${kind === 'externalId' ? partnerId : ''} ${value}`;
}
