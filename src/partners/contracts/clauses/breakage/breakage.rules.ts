import type { Share } from '../../../../kernel/split.ts';
import type { ClauseOf } from '../../clause.ts';

/** Who gets the money of expired points, by weight. Without a clause all of it is the operator's; the common fund is counted there too. */
export function breakageShares(
  clause: Pick<ClauseOf<'breakage'>, 'issuerBps' | 'operatorBps' | 'commonFundBps'> | undefined,
  issuer: string,
  operator: string,
): readonly Share[] {
  if (clause === undefined) return [{ name: operator, weight: 1n }];
  return [
    { name: issuer, weight: BigInt(clause.issuerBps) },
    { name: operator, weight: BigInt(clause.operatorBps + clause.commonFundBps) },
  ];
}
