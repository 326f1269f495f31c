import type { Amount } from '../../kernel/money.ts';
import { done, invalid, type Outcome } from '../../kernel/refusal.ts';
import type { Moment } from '../../partners/change-coalition.ts';
import type { Tx } from '../../platform/database.ts';
import { insertFundingLimit } from './funding-limits.queries.ts';

export interface SetFundingLimit {
  readonly partner: string;
  readonly limit?: Amount | null;
}

const MAX_MINOR = 10n ** 15n;

/** Says up to what a partner pays for one cycle, from the next close on. Answers the partner's id. */
export async function setFundingLimit(
  tx: Tx,
  { partner, limit }: SetFundingLimit,
  { coalition, now, id }: Moment,
): Promise<Outcome<string>> {
  const named = coalition.partnerOf(partner);
  if (named === undefined) return invalid('partner', `There is no partner ${partner}.`);
  const { settlementCurrency } = coalition.program;
  if (limit && limit.currency !== settlementCurrency)
    return invalid('limit', `Money is in the settlement currency, ${settlementCurrency}.`);
  if (limit && (limit.minor < 0n || limit.minor > MAX_MINOR)) return invalid('limit', `A limit is 0 to ${MAX_MINOR} minor units.`);
  await insertFundingLimit(tx, id, named.id, limit?.minor ?? null, now);
  return done(named.id);
}
