import { done, invalid, type Outcome } from '../kernel/refusal.ts';
import type { Tx } from '../platform/database.ts';
import type { MemberKey } from './member.ts';
import { checkToken, type RedemptionToken } from './redemption-token.rules.ts';
import { lockTokens } from './redemption-tokens.queries.ts';

/**
 * The token with which whoever pays was named, if it was one, when it is still good. Nobody else uses it until the transaction ends; a refusal
 * leaves it good. `useToken` goes with the payment.
 */
export async function checkShownToken(tx: Tx, key: MemberKey, now: Date): Promise<Outcome<RedemptionToken | undefined>> {
  if (key.kind !== 'redemptionToken') return done(undefined);
  const [token] = await lockTokens(tx, [key.value]);
  return token === undefined ? invalid('member', 'There is no such member.') : checkToken(token, now);
}
