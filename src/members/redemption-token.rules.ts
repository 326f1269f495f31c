import { createHash } from 'node:crypto';
import { done, type Outcome, refused } from '../kernel/refusal.ts';

/** How long a member can show a token. */
const TOKEN_SECONDS = 60;

/** How many random bytes a token has: nobody guesses one in its minute. */
export const TOKEN_BYTES = 16;

/** A token as stored: without its value. */
export interface RedemptionToken {
  readonly hash: Buffer;
  readonly memberId: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
  readonly replacedAt: Date | null;
}

/** The value that is shown, short enough for a small QR code. */
export function tokenFrom(random: Buffer): string {
  return `qr_${random.toString('base64url')}`;
}

export function hashOfToken(value: string): Buffer {
  return createHash('sha256').update(value).digest();
}

export function endOfToken(createdAt: Date): Date {
  return new Date(createdAt.getTime() + TOKEN_SECONDS * 1000);
}

/** Whether a member can be held to a token now: once, within its minute, while it has asked for no other. */
export function checkToken(token: RedemptionToken, now: Date): Outcome<RedemptionToken> {
  const field = ['member', 'redemptionToken'];
  if (token.usedAt !== null) return refused('TOKEN_USED', 'This token was used before: ask the member for a new one.', { field });
  return token.replacedAt === null && token.createdAt <= now && now < token.expiresAt
    ? done(token)
    : refused('TOKEN_EXPIRED', 'This token is not valid any more: ask the member for a new one.', { field });
}
