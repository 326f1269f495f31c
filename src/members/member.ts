import type { ConsentPurpose } from '../partners/consent-purpose.ts';

export const MEMBER_STATUSES = ['ACTIVE', 'SUSPENDED', 'CLOSED'] as const;
export type MemberStatus = (typeof MEMBER_STATUSES)[number];

/** A person in the coalition, as stored. */
export interface Member {
  readonly id: string;
  readonly cardNumber: string;
  readonly displayName: string;
  readonly email: string | null;
  readonly phone: string | null;
  /** The partner through which the member enrolled. */
  readonly homePartnerId: string | null;
  readonly status: MemberStatus;
  readonly tier: string | null;
  readonly enrolledAt: Date;
}

/** What a member allows to be done with personal data. */
export interface Consent {
  readonly purpose: ConsentPurpose;
  readonly granted: boolean;
  /** Version of the text that the member saw. */
  readonly version: string;
}

/** A consent with the instant at which it was given or withdrawn. */
export interface RecordedConsent extends Consent {
  readonly recordedAt: Date;
}

/**
 * One way to name a member. `id` is the public id. An external id belongs to the partner that gave it; without a partner it is the
 * operator's. Phone and email are compared in their normal form. A redemption token reaches its member also once it is used or past its time.
 */
export interface MemberKey {
  readonly kind: 'id' | 'cardNumber' | 'externalId' | 'redemptionToken' | 'phone' | 'email';
  readonly value: string;
  readonly partnerId?: string | null;
}
