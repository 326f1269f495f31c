import type { Coalition } from '../../partners/coalition.ts';
import { type ContractVersion, lastVersionBy } from '../../partners/contracts/contract.rules.ts';
import type { Cycle } from '../cycles/cycle.ts';
import type { StatementLine } from '../statements/statement.ts';

/** A version of a partner's contract that a line was computed by. */
export interface LineTerms {
  readonly partner: string;
  readonly version: ContractVersion;
}

/** Codes of the partners whose contracts say how a line is computed. */
function speakersOf(coalition: Coalition, { type, key, partnerId, workings }: StatementLine): string[] {
  const [first = ''] = key.split(' ');
  switch (type) {
    case 'ADJUSTMENT':
    case 'CARRIED_FORWARD':
      return [];
    case 'EXCHANGE_SPREAD': {
      const issuerId = coalition.currencyOf(first)?.issuerId;
      return issuerId === undefined ? [] : [coalition.partnerById(issuerId).code];
    }
    case 'REVENUE_SHARE':
      return [first];
    case 'BREAKAGE': {
      const { among } = workings;
      return Array.isArray(among) ? (among as readonly { party: string }[]).map(({ party }) => party) : [];
    }
    default:
      return [coalition.partnerById(partnerId).code];
  }
}

/**
 * The versions of contracts by which a line was computed: those in force during the cycle, each for what occurred in its days; without any, the
 * last that was. Late items go by the version of their own day.
 */
export function termsOfLine(coalition: Coalition, line: StatementLine, { startsAt, cutoff }: Cycle): LineTerms[] {
  return speakersOf(coalition, line).flatMap((code) => {
    const partner = coalition.partnerOf(code);
    const own = coalition.contracts.filter(({ partnerId }) => partnerId === partner?.id);
    const during = own
      .flatMap(({ versions }) => versions)
      .filter(
        (version) =>
          version.operatorSignedAt !== undefined &&
          version.effectiveFrom < cutoff &&
          (version.effectiveUntil === undefined || version.effectiveUntil > startsAt) &&
          version.effectiveUntil?.getTime() !== version.effectiveFrom.getTime(),
      );
    const last = own.flatMap((contract) => lastVersionBy(contract, cutoff) ?? []).slice(-1);
    return (during.length > 0 ? during : last).map((version) => ({ partner: code, version }));
  });
}
