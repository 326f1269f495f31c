import { ratioBps } from '../../kernel/ratio.ts';
import type { Coalition } from '../../partners/coalition.ts';
import { clausesOf } from '../../partners/contracts/clause.ts';

/**
 * The redemption element of a currency when all contracts that ever had force agree on it: then every lot was issued at it, and the
 * liability is outstanding points times it, exactly. Otherwise only the lots themselves tell.
 */
export function onlyRedemptionElement(coalition: Coalition, currency: string): bigint | undefined {
  const elements = new Set(
    coalition.contracts
      .flatMap((contract) => contract.versions)
      .filter((version) => version.operatorSignedAt !== undefined)
      .flatMap((version) => clausesOf(version.clauses, 'issuance'))
      .filter((clause) => clause.currency === currency)
      .map((clause) => clause.redemptionElementMicros),
  );
  const [element] = elements;
  return elements.size === 1 ? element : undefined;
}

/** Pool over liability in basis points, floored; full when nothing is owed. */
export function coverageBps(poolMicros: bigint, liabilityMicros: bigint): number {
  return liabilityMicros > 0n ? ratioBps(poolMicros, liabilityMicros) : 10_000;
}
