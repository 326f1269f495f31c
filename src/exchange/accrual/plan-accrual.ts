import { newId } from '../../kernel/ids.ts';
import { dayOf, plusDays } from '../../kernel/instant.ts';
import { minorPerUnit } from '../../kernel/money.ts';
import { done, invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import { accountKey, wallet } from '../../ledger/account.ts';
import type { Floor, Posting } from '../../ledger/posting.ts';
import { accrualConfirmed, accrualPending } from '../../ledger/postings/accrual.ts';
import type { Wallet } from '../../ledger/wallets.ts';
import type { Member, MemberKey } from '../../members/member.ts';
import type { Coalition } from '../../partners/coalition.ts';
import type { ClauseOf } from '../../partners/contracts/clause.ts';
import { fundedMicros } from '../../partners/contracts/clauses/issuance/issuance.rules.ts';
import { stretchAt } from '../../partners/contracts/clauses/joint-promotion/funded-shares.rules.ts';
import { fundersOf, promotionId } from '../../partners/contracts/clauses/joint-promotion/joint-promotion.rules.ts';
import { statusAt } from '../../partners/contracts/contract.rules.ts';
import type { PointCurrency } from '../../partners/currencies/point-currency.ts';
import { type Attempt, checkKey, hashOf } from '../../platform/idempotency.ts';
import type { BlockPart } from '../funding/point-block.ts';
import type { UsageKey } from './accrual.queries.ts';
import { type AccrualClaim, amountOf, checkClaim, checkSize, type EarningTerms, earningFor } from './accrual.rules.ts';
import type { Accrual } from './accrual.ts';
import { factsOf, intoLots, lotsOf, partsLeft } from './charged-accrual.rules.ts';
import { type Earned, earn, type RuleUsage } from './earn.rules.ts';
import { budgetFloor, creditFloor, issuanceFloor, limitingClause } from './limits.rules.ts';
import { chargeBlocks, chargePartner, chargePromotion, issuerKey, type JointCharge, type Line, type Standing } from './standing.rules.ts';

/** One accrual as asked for; the whole of it, without the key, is what a repetition of the key is compared with. */
export interface AccrueCommand extends AccrualClaim {
  /** Undefined where the external id alone tells a repetition. */
  readonly idempotencyKey: string | undefined;
  /** The member named, or why the name cannot be read. */
  readonly member: Outcome<MemberKey>;
}

/** One command with who sends it: keys belong to the principal, the points are the partner's. */
export interface Asked {
  readonly principal: string;
  readonly partnerId: string;
  readonly command: AccrueCommand;
}

/** What makes two reports one receipt: not the channel or site that reports it, nor by which of its names the member is called. */
export function receiptHash(command: AccrueCommand, memberId: string | undefined, currencyNo: number | undefined): Buffer {
  const { occurredAt, amount, points, items, promotion, confirm } = command;
  return hashOf({ memberId, currencyNo, occurredAt, amount, points, items, promotion, confirm });
}

/** A command that nothing speaks against, with what its contract says. */
export interface Granted extends EarningTerms {
  readonly at: number;
  readonly partnerId: string;
  readonly member: Member;
  readonly currency: PointCurrency;
  readonly charge: Accrual['charge'];
}

/** Everything decided about one command before it is posted. */
export interface Plan {
  readonly at: number;
  readonly accrual: Accrual;
  readonly receipt: Buffer;
  readonly attempt: Attempt | undefined;
  readonly posting: Posting | undefined;
  readonly usage: readonly (UsageKey & RuleUsage)[];
  readonly wallet: Wallet;
}

/** Commands that are decided and posted together. */
export interface Batch {
  readonly coalition: Coalition;
  readonly now: Date;
  readonly asked: readonly Asked[];
  readonly attempts: readonly (Attempt | undefined)[];
  readonly receipts: readonly Buffer[];
  readonly wallets: ReadonlyMap<string, Wallet>;
}

/** Whether a command may earn at all: form, contract, clauses, member; in the order of domain 3.10. */
export function judge(
  coalition: Coalition,
  now: Date,
  { partnerId, command }: Asked,
  member: Member | undefined,
  currency: Outcome<PointCurrency>,
): Outcome<Omit<Granted, 'at'>> {
  const key = command.idempotencyKey === undefined ? undefined : checkKey(command.idempotencyKey);
  if (key !== undefined && 'refused' in key) return key;
  const claim = checkClaim(command, coalition.program.settlementCurrency, now);
  if ('refused' in claim) return claim;
  if ('refused' in command.member) return command.member;
  if (member === undefined) return invalid('member', 'There is no such member.');
  if ('refused' in currency) return currency;
  const contract = coalition.contractAt(partnerId, command.occurredAt);
  // While the tail runs, what was earned before its start may still be reported.
  if (contract !== undefined && statusAt(contract, now) === 'TERMINATED')
    return refused('CONTRACT_ENDED', "The partner's contract is over: nothing more is settled.");
  const earning = earningFor(coalition, partnerId, currency.done, command);
  if ('refused' in earning) return earning;
  if (member.status !== 'ACTIVE') return refused('MEMBER_SUSPENDED', 'The member is suspended or closed.');
  const { terms, promotion } = earning.done;
  const isPrepaid = limitingClause(coalition, partnerId, terms, now).billing === 'PREPAID';
  const charge = promotion !== undefined ? 'JOINT' : isPrepaid ? 'PREPAID' : 'PARTNER';
  return done({ partnerId, member, currency: currency.done, terms, promotion, charge });
}

/**
 * Decides what a granted command earns, who is charged, and how it is posted. Usage, openings and standing were read before; a standing
 * moves on with what is granted.
 */
export function planAccrual(
  batch: Batch,
  item: Granted,
  openings: ReadonlyMap<string, bigint>,
  standing: Standing | undefined,
  usedToday: (key: UsageKey) => RuleUsage | undefined,
): Outcome<Plan> {
  const { coalition, now } = batch;
  const { partnerId, member, currency, terms, promotion, charge, at } = item;
  const command = batch.asked[at]?.command;
  const attempt = batch.attempts[at];
  const receipt = batch.receipts[at];
  const memberWallet = batch.wallets.get(accountKey(wallet(member.id, currency.no)));
  if (command === undefined || receipt === undefined || memberWallet === undefined) throw new Error('a command is missing');
  const { timeZone } = coalition.program;
  const useOf = (rule: string): UsageKey => ({ memberId: member.id, rule, day: dayOf(command.occurredAt, timeZone) });
  const earned = earnedBy(
    command,
    coalition,
    partnerId,
    currency,
    member,
    (rule) => usedToday(useOf(rule)) ?? { spendMinor: 0n, times: 0 },
  );

  const large = checkSize(earned.points, terms);
  if ('refused' in large) return large;

  const { points } = earned;
  const cap = issuanceFloor(coalition, partnerId, terms, currency.no, now, openings.get(issuerKey(partnerId, currency.no)) ?? 0n);
  const credit = creditFloor(coalition, partnerId, terms, now);
  const funded = charge === 'PARTNER' ? fundedMicros(terms) : terms.redemptionElementMicros;
  const line = { partnerId, currencyNo: currency.no, points, costMicros: points * (funded + terms.serviceElementMicros) };
  const joint = promotion && jointCharge(batch, promotion, command.occurredAt);
  const charged = standing === undefined || points === 0n ? done([]) : chargeLine(standing, charge, joint, line, cap, credit);
  if ('refused' in charged) return charged;
  const blocks = charged.done;
  const [first] = blocks;

  const pending = command.confirm === 'MANUAL' || earned.pendingDays > 0;
  const hasAmount = command.amount !== undefined || command.items !== undefined;
  const promised: Accrual = {
    id: newId(),
    partnerId,
    externalId: command.externalId,
    memberId: member.id,
    currencyNo: currency.no,
    status: pending ? 'PENDING' : 'CONFIRMED',
    occurredAt: command.occurredAt,
    recordedAt: now,
    channel: command.channel,
    locationId: command.locationId,
    promotion: command.promotion,
    amountMinor: hasAmount ? amountOf(command) : undefined,
    points,
    reversedPoints: 0n,
    returnedMinor: 0n,
    pendingUntil:
      command.confirm === 'AUTO' && earned.pendingDays > 0 ? plusDays(command.occurredAt, earned.pendingDays, timeZone) : undefined,
    redemptionMicros: first?.redemptionMicros ?? terms.redemptionElementMicros,
    serviceMicros: first?.serviceMicros ?? terms.serviceElementMicros,
    fundedMicros: first?.redemptionMicros ?? funded,
    charge,
    lotId: undefined,
    blocks,
    contributions: earned.contributions,
  };
  const accrual = pending ? promised : intoLots(promised);
  const floors = promotion !== undefined ? [budgetFloor(promotion, currency.no)] : charge === 'PREPAID' ? [cap] : [cap, credit];
  const [facts, parts] = [factsOf(accrual), partsLeft(accrual)];
  return done({
    at,
    accrual,
    receipt,
    attempt,
    posting:
      points === 0n
        ? undefined
        : pending
          ? accrualPending(facts, parts, floors)
          : accrualConfirmed(facts, parts, lotsOf(accrual, coalition), floors),
    usage: [...earned.usage].map(([rule, used]) => ({ ...useOf(rule), ...used })),
    wallet: memberWallet,
  });
}

/** Judges a line by what no floor can say, and charges it to whoever pays; answers what it took from blocks. */
function chargeLine(
  standing: Standing,
  charge: Accrual['charge'],
  joint: JointCharge | undefined,
  line: Line,
  cap: Floor,
  credit: Floor,
): Outcome<readonly BlockPart[]> {
  if (joint !== undefined) return chargePromotion(standing, line, joint);
  return charge === 'PREPAID' ? chargeBlocks(standing, line, cap) : chargePartner(standing, line, cap, credit);
}

/** The promotion that pays for points given at an instant, as it is charged. */
function jointCharge({ coalition, now }: Batch, terms: ClauseOf<'jointPromotion'>, occurredAt: Date): JointCharge {
  return {
    stretch: stretchAt(coalition, promotionId(terms.promotion), occurredAt, now),
    budgetPoints: terms.budgetPoints,
    funderIds: fundersOf(terms).flatMap((code) => coalition.partnerOf(code)?.id ?? []),
  };
}

function earnedBy(
  command: AccrueCommand,
  coalition: Coalition,
  partnerId: string,
  currency: PointCurrency,
  member: Member,
  usedToday: (rule: string) => RuleUsage,
): Earned {
  if (command.points !== undefined) return { points: command.points, contributions: [], usage: new Map(), pendingDays: 0 };
  return earn(
    coalition.earnRulesOf(partnerId),
    {
      partnerId,
      currencyNo: currency.no,
      occurredAt: command.occurredAt,
      amountMinor: amountOf(command),
      items: (command.items ?? []).map((item) => ({ sku: item.sku, category: item.category, amountMinor: item.amount.minor })),
      channel: command.channel,
      locationId: command.locationId,
      tier: member.tier ?? undefined,
    },
    usedToday,
    { timeZone: coalition.program.timeZone, minorPerUnit: minorPerUnit(coalition.program.settlementCurrency) },
  );
}
