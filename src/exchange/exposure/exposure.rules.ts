import { microsOfMinor } from '../../kernel/money.ts';
import { BPS, scaleFloor } from '../../kernel/ratio.ts';
import type { FundedShare } from '../../partners/contracts/clauses/joint-promotion/funded-shares.rules.ts';
import { shareMicros } from '../../partners/contracts/clauses/joint-promotion/joint-promotion.rules.ts';
import { type Contract, lastClausesBy } from '../../partners/contracts/contract.rules.ts';

/** A partner's own money account, and the joint promotions it pays for with what they owe; in micros. */
export interface Position {
  readonly ownMicros: bigint;
  readonly promotions: readonly (FundedShare & { readonly owedMicros: bigint })[];
}

/** What a partner is owed, or owes as a negative number: its account less its share of every promotion. */
export function positionMicros({ ownMicros, promotions }: Position): bigint {
  return promotions.reduce((left, { owedMicros, weightBps }) => left - shareMicros(owedMicros, weightBps), ownMicros);
}

/** What a partner owes and may owe, in exact micros. */
export interface Exposure {
  readonly usedMicros: bigint;
  readonly limitMinor: bigint | undefined;
  readonly utilisationBps: number | undefined;
}

/** The largest number that the field can show. */
const LARGEST_INT = 2n ** 31n - 1n;

/** The tightest credit limit among the issuance clauses of the version in force, after its end of the last one, in minor units; undefined when nothing limits. */
export function creditLimitMinor(contract: Contract | undefined, at: Date): bigint | undefined {
  const limits = lastClausesBy(contract, 'issuance', at).flatMap(({ creditLimit }) =>
    creditLimit === undefined ? [] : [creditLimit.minor],
  );
  return limits.reduce<bigint | undefined>((least, limit) => (least === undefined || limit < least ? limit : least), undefined);
}

/** Exposure counts pending accruals in full, its share of joint promotions, and reimbursements against them; who is owed has none. */
export function exposureOf(partnerMicros: bigint, limitMinor: bigint | undefined, currency: string): Exposure {
  const usedMicros = partnerMicros < 0n ? -partnerMicros : 0n;
  if (limitMinor === undefined) return { usedMicros, limitMinor, utilisationBps: undefined };
  const limitMicros = microsOfMinor(limitMinor, currency);
  // Of a limit of nothing, nothing is used or all of it.
  const utilisation = limitMicros === 0n ? (usedMicros === 0n ? 0n : BPS) : scaleFloor(usedMicros, BPS, limitMicros);
  return { usedMicros, limitMinor, utilisationBps: Number(utilisation < LARGEST_INT ? utilisation : LARGEST_INT) };
}
