import type { Coalition } from '../../partners/coalition.ts';
import { promotionBy } from '../../partners/contracts/clauses/joint-promotion/funded-shares.rules.ts';
import { typeOf } from '../lines/posted-lines.rules.ts';
import type { SealedAccount } from './account-roots.queries.ts';
import type { FileEntry } from './file-entries.queries.ts';

/** The name of the line whose figure an entry is part of, as `TYPE key`; undefined when it is part of none. */
export function lineOfEntry(
  coalition: Coalition,
  account: SealedAccount,
  { code, reference, currencyNo }: FileEntry,
  at: Date,
): string | undefined {
  const { kind, owner, unit, topic } = account;
  const currency = currencyNo === null ? undefined : coalition.currencyNo(currencyNo).code;
  if (code === 'cycle.cleared' || code === 'settlement.paid') return undefined;
  if (kind === 'PARTNER' && owner !== null) {
    if (code === 'adjustment.posted') return `ADJUSTMENT ${reference}`;
    const type = typeOf(code);
    const partner = coalition.partnerById(owner).code;
    return type === 'FUNDING' && currency !== undefined ? `FUNDING ${partner} ${currency}` : `${type} ${partner}`;
  }
  if (kind === 'JOINT' && owner !== null && unit === 0) return `JOINT_PROMOTION ${promotionBy(coalition, owner, at)?.code ?? owner}`;
  if (kind === 'SPREAD' && owner !== null && topic !== null)
    return `EXCHANGE_SPREAD ${coalition.currencyNo(topic).code} ${coalition.currencyById(owner).code}`;
  if (kind === 'OPERATOR' && topic === null && code === 'lot.expired') return `BREAKAGE ${currency}`;
  if (kind === 'ISSUANCE' && owner !== null) return `TRUE_UP ${coalition.partnerById(owner).code} ${coalition.currencyNo(unit).code}`;
  return undefined;
}
