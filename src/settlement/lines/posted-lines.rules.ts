import { microsOfMinor } from '../../kernel/money.ts';
import type { PostingCode } from '../../ledger/posting.ts';
import type { Coalition } from '../../partners/coalition.ts';
import type { ClauseOf } from '../../partners/contracts/clause.ts';
import { handlingFeeMinor } from '../../partners/contracts/clauses/acceptance/handling-fee.rules.ts';
import type { Partner } from '../../partners/partner.ts';
import { feeKey } from './changed-terms.rules.ts';
import { clausesOfCycle } from './cycle-clauses.rules.ts';
import type { CycleFacts, Movement } from './cycle-facts.ts';
import { type CycleLine, type LineType, POOL } from './cycle-line.ts';
import { bySpells, type SpokenFor } from './divide-by-spells.rules.ts';
import { feeName, feeTerms } from './line-terms.rules.ts';
import { makeLine, negated, rounded } from './make-line.rules.ts';
import { isJoint, isReimbursed } from './movement-kinds.rules.ts';
import { inBasisPoints, priced, summed } from './workings.rules.ts';

/** What postings gave one partner, in exact micros. */
interface Posted {
  readonly type: LineType;
  readonly partnerId: string | null;
  readonly currencyNo: number | null;
  partnerMicros: bigint;
  operatorMicros: bigint;
}

const SECURED: ReadonlySet<PostingCode> = new Set(['deposit.paid', 'deposit.returned']);

/** The line that a posting on a partner's money belongs to. */
export function typeOf(code: PostingCode): LineType {
  if (isReimbursed({ code })) return 'REIMBURSEMENT';
  if (SECURED.has(code)) return 'DEPOSIT';
  if (code === 'interest.charged') return 'LATE_INTEREST';
  return code === 'lot.bought_back' ? 'BUY_BACK' : 'FUNDING';
}

/** Whether the operator took part in it together with one partner; breakage, joint promotions and exchange fees are lines of their own. */
function isShared({ kind, topic, code }: Movement): boolean {
  return kind === 'OPERATOR' && topic === null && code !== 'lot.expired';
}

/** FUNDING, REIMBURSEMENT, HANDLING_FEE, LATE_INTEREST, BUY_BACK and DEPOSIT: what was posted between partners, operator and pool. */
export function postedLines({ movements, spellSums }: CycleFacts, coalition: Coalition, now: Date): CycleLine[] {
  const sums = new Map<string, Posted>();
  for (const movement of movements) {
    const shared = isShared(movement);
    const joint = isJoint(movement);
    if (movement.kind !== 'PARTNER' && !shared && !joint) continue;
    const { code, amount } = movement;
    const type = typeOf(code);
    const partnerId = shared || joint ? movement.partnerId : movement.owner;
    const currencyNo = type === 'FUNDING' ? movement.currencyNo : null;
    const key = `${type} ${partnerId} ${currencyNo}`;
    const sum = sums.get(key) ?? { type, partnerId, currencyNo, partnerMicros: 0n, operatorMicros: 0n };
    sums.set(key, sum);
    if (joint) sum.operatorMicros -= movement.operatorAmount;
    else if (shared) sum.operatorMicros += amount;
    else sum.partnerMicros += amount;
    // What an issuer is charged for points that expire goes to the operator, not to the pool.
    if (movement.kind === 'PARTNER' && code === 'lot.expired') sum.operatorMicros -= amount;
  }
  return [...sums.values()].flatMap((sum) => {
    const line = lineOf(sum, coalition);
    if (sum.type !== 'REIMBURSEMENT' || sum.partnerId === null) return [line];
    return [line, handlingFee(sum, spellSums.get(feeKey(sum.partnerId)) ?? [], coalition.partnerById(sum.partnerId), coalition, now)];
  });
}

function lineOf(sum: Posted, coalition: Coalition): CycleLine {
  const { program } = coalition;
  const partner = sum.partnerId === null ? undefined : coalition.partnerById(sum.partnerId);
  const share = rounded(sum.partnerMicros, program.settlementCurrency);
  // Interest that one partner owes another goes through the operator, like all that is netted; none of it is the pool's.
  const pool = rounded(sum.type === 'LATE_INTEREST' ? 0n : -sum.partnerMicros - sum.operatorMicros, program.settlementCurrency);
  const currency = sum.currencyNo === null ? undefined : coalition.currencyNo(sum.currencyNo).code;
  const name = partner?.code ?? POOL;
  return makeLine(
    {
      type: sum.type,
      key: currency === undefined ? name : `${name} ${currency}`,
      description: describe(sum.type, name, currency),
      workings: summed,
    },
    new Map(partner === undefined ? [] : [[partner.code, share]]),
    pool,
  );
}

/** HANDLING_FEE: of the rounded reimbursement, each part at the fee in force when its points were burned; a refund gives back that of its capture. */
function handlingFee(sum: Posted, sums: readonly bigint[], partner: Partner, coalition: Coalition, now: Date): CycleLine {
  const { settlementCurrency } = coalition.program;
  const whole = rounded(sum.partnerMicros, settlementCurrency);
  const parts = bySpells(whole, feeTerms(coalition, partner.id, now), sums, feeName, settlementCurrency);
  const total = (feeOf: (part: SpokenFor<ClauseOf<'acceptance'>>) => bigint) => parts.reduce((fee, part) => fee + feeOf(part), 0n);
  const fee = {
    micros: total(({ terms, share }) => handlingFeeMinor(terms, microsOfMinor(share.minor, settlementCurrency))),
    minor: total(({ terms, share }) => handlingFeeMinor(terms, share.minor)),
  };
  const workings = inBasisPoints(parts.map(({ terms, share }) => ({ share, bps: terms.handlingFeeBps })));
  const bps = parts.length === 0 ? '0' : parts.map(({ terms }) => terms.handlingFeeBps).join(' and ');
  return makeLine(
    { type: 'HANDLING_FEE', key: partner.code, description: `Handling fee of ${partner.code}, ${bps} bps`, workings },
    new Map([[partner.code, negated(fee)]]),
  );
}

function describe(type: LineType, partner: string, currency: string | undefined): string {
  switch (type) {
    case 'REIMBURSEMENT':
      return `Points burned at ${partner}, net of refunds`;
    case 'DEPOSIT':
      return `Deposit of ${partner}`;
    case 'LATE_INTEREST':
      return `Interest on late payments of ${partner}`;
    case 'BUY_BACK':
      return `Points of ${partner} that were bought back`;
    default:
      return `${currency ?? 'Points'} issued by ${partner}, net of reversals`;
  }
}

/** TRUE_UP: what a partner pays for points that it had agreed to pay for in each cycle and did not: issued, or bought in blocks. */
export function trueUpLines(facts: CycleFacts, coalition: Coalition, now: Date): CycleLine[] {
  return clausesOfCycle(coalition, 'issuance', facts.startsAt, now).flatMap(({ partner, clause }) => {
    if (clause.minCommitmentPoints === undefined) return [];
    const unit = coalition.currencyOf(clause.currency)?.no;
    const issued = facts.movements
      .filter((m) => m.kind === 'ISSUANCE' && m.owner === partner.id && m.unit === unit)
      .reduce((sum, { amount }) => sum - amount, 0n);
    const prepaid = facts.prepaidPoints
      .filter(({ partnerId, currencyNo }) => partnerId === partner.id && currencyNo === unit)
      .reduce((sum, { points }) => sum + points, 0n);
    const paidFor = issued + prepaid;
    // What came back of earlier cycles makes nobody owe more than was agreed for this one.
    const missing = clause.minCommitmentPoints - (paidFor > 0n ? paidFor : 0n);
    if (missing <= 0n) return [];
    const price = clause.redemptionElementMicros + clause.serviceElementMicros;
    const description = `${clause.currency} short of the ${clause.minCommitmentPoints} that ${partner.code} pays for in a cycle at least`;
    const share = negated(rounded(missing * price, coalition.program.settlementCurrency));
    const workings = priced(missing, price, clause.minCommitmentPoints, issued, prepaid);
    return [
      makeLine({ type: 'TRUE_UP', key: `${partner.code} ${clause.currency}`, description, workings }, new Map([[partner.code, share]])),
    ];
  });
}
