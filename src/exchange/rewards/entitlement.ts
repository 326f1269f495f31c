/** What a member has got for points: a code that the partner honours. */
export interface Entitlement {
  readonly id: string;
  readonly code: string;
  readonly rewardId: string;
  readonly redemptionId: string;
  readonly memberId: string;
  readonly partnerId: string;
  readonly validFrom: Date;
  readonly validUntil: Date | undefined;
  readonly revokedAt: Date | undefined;
}

/** Digits and capitals that nobody mistakes for one another when reading aloud: Crockford's base 32. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A code of a hundred random bits in groups of five, such as 7K2QX-0M9TD-ZB4HF-E81VN; `draw(32)` gives a number below 32. */
export function codeFrom(draw: (below: number) => number): string {
  const letters = Array.from({ length: 20 }, () => LETTERS.charAt(draw(LETTERS.length))).join('');
  return letters.replace(/.{5}(?=.)/g, '$&-');
}
