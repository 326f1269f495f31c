import { BPS, scaleFloor } from '../../../../kernel/ratio.ts';
import type { ClauseOf } from '../../clause.ts';

type IssuanceTerms = ClauseOf<'issuance'>;

/** What a point costs its issuer in all: for the pool and for the operator. */
export function pointPriceMicros(terms: Pick<IssuanceTerms, 'redemptionElementMicros' | 'serviceElementMicros'>): bigint {
  return terms.redemptionElementMicros + terms.serviceElementMicros;
}

/** The part of the redemption element that is paid into the pool when a point is issued. */
export function fundedMicros(terms: Pick<IssuanceTerms, 'fundingModel' | 'redemptionElementMicros' | 'issueShareBps'>): bigint {
  switch (terms.fundingModel) {
    case 'ON_ISSUANCE':
      return terms.redemptionElementMicros;
    case 'ON_REDEMPTION':
      return 0n;
    case 'HYBRID':
      return scaleFloor(terms.redemptionElementMicros, BigInt(terms.issueShareBps ?? 0), BPS);
  }
}
