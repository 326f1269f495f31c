export const REWARD_KINDS = ['GIFT_CARD', 'SUBSCRIPTION', 'PRODUCT', 'SERVICE', 'DISCOUNT', 'EXPERIENCE'] as const;
export type RewardKind = (typeof REWARD_KINDS)[number];

/** One version of something that a partner gives for points. */
export interface Reward {
  readonly id: string;
  readonly code: string;
  readonly version: number;
  readonly partnerId: string;
  readonly name: string;
  readonly kind: RewardKind;
  readonly currencyNo: number;
  readonly points: bigint;
  /** What is printed on it, in minor units of the settlement currency. */
  readonly faceValueMinor: bigint | undefined;
  /** Calendar months that what it entitles to lasts; undefined for without end. */
  readonly entitlementMonths: number | undefined;
  readonly effectiveFrom: Date;
  readonly effectiveUntil: Date | undefined;
}
