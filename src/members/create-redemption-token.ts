import { done, type Outcome, refused } from '../kernel/refusal.ts';
import { programNow } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import { type Attempt, once } from '../platform/idempotency.ts';
import { endOfToken, hashOfToken } from './redemption-token.rules.ts';
import { insertToken, lockTokensOf } from './redemption-tokens.queries.ts';

export interface CreateRedemptionToken {
  readonly attempt: Attempt;
  readonly memberId: string;
  /** The token: drawn at random by the caller. */
  readonly value: string;
}

/** A token as it is answered. The value is kept nowhere, so a repetition cannot say it. */
export interface ShownToken {
  readonly value: string | undefined;
  readonly expiresAt: Date;
}

/** Gives a member a token to pay with once, within a minute, in place of one that it has not used. */
export function createRedemptionToken(
  tx: Tx,
  { attempt, memberId, value }: CreateRedemptionToken,
): Promise<Outcome<{ value: ShownToken; replayed: boolean }>> {
  return once<ShownToken>(
    tx,
    attempt,
    async ({ expiresAt }) => ({ value: undefined, expiresAt: new Date(String(expiresAt)) }),
    async () => {
      const member = await lockTokensOf(tx, memberId);
      if (member?.status !== 'ACTIVE') return refused('MEMBER_SUSPENDED', 'The member is suspended or closed.');
      const createdAt = await programNow(tx);
      const expiresAt = endOfToken(createdAt);
      await insertToken(tx, { hash: hashOfToken(value), memberId, createdAt, expiresAt });
      return done({ value: { value, expiresAt }, record: { expiresAt: expiresAt.toISOString() } });
    },
  );
}
