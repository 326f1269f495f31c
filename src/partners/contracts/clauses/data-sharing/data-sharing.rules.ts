import type { ConsentPurpose } from '../../../consent-purpose.ts';
import type { ClauseOf } from '../../clause.ts';

export type MemberDataField = ClauseOf<'dataSharing'>['fields'][number];

/** What a clause shares, and for what. */
interface Sharing {
  readonly fields: readonly MemberDataField[];
  readonly purposes: readonly ConsentPurpose[];
}

/** A member's last word on a use of data. */
interface Word {
  readonly purpose: ConsentPurpose;
  readonly granted: boolean;
}

/** Whether a partner reads a part of a member's data: its contract names it, and the member lets it be shared and used for each purpose. */
export function mayRead({ fields, purposes }: Sharing, field: MemberDataField, consents: readonly Word[]): boolean {
  const needed: readonly ConsentPurpose[] = ['DATA_SHARING', ...purposes];
  return fields.includes(field) && needed.every((purpose) => consents.some((word) => word.purpose === purpose && word.granted));
}
