import { plusDays, plusMonths } from '../../../../kernel/instant.ts';
import { bpsOf } from '../../../../kernel/ratio.ts';
import type { ClauseOf } from '../../clause.ts';

type Terms = Pick<ClauseOf<'termination'>, 'earnEndDays' | 'burnEndDays' | 'tailMonths'>;

/** Until when a contract that ends grants what: domain 3.5. */
export interface Timeline {
  readonly earnEnd: Date;
  readonly burnEnd: Date;
  readonly tailEnd: Date;
}

/** After notice: all days are counted from it. */
export function timelineFromNotice(terms: Terms, noticeGivenAt: Date, timeZone: string): Timeline {
  const burnEnd = plusDays(noticeGivenAt, terms.burnEndDays, timeZone);
  return {
    earnEnd: plusDays(noticeGivenAt, terms.earnEndDays, timeZone),
    burnEnd,
    tailEnd: plusMonths(burnEnd, terms.tailMonths, timeZone),
  };
}

/** After an end by date: burning goes on for as long after it as it would after the end of earning. */
export function timelineFromEnd(terms: Terms, earnEnd: Date, timeZone: string): Timeline {
  const burnEnd = plusDays(earnEnd, terms.burnEndDays - terms.earnEndDays, timeZone);
  return { earnEnd, burnEnd, tailEnd: plusMonths(burnEnd, terms.tailMonths, timeZone) };
}

/** The deposit of an issuer that funds on redemption, half away from zero: outstanding points at R, of which depositBps. */
export function depositMicros(outstanding: bigint, redemptionMicros: bigint, depositBps: number): bigint {
  return bpsOf(outstanding * redemptionMicros, depositBps);
}
