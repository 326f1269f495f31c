import { newId } from '../../kernel/ids.ts';
import { dayOf, plusDays } from '../../kernel/instant.ts';
import { minorPerUnit } from '../../kernel/money.ts';
import { done, invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import { accountKey, wallet } from '../../ledger/account.ts';
import type { OpenedLot, Posting } from '../../ledger/posting.ts';
import { accrualConfirmed, accrualPending } from '../../ledger/postings/accrual.ts';
import type { Wallet } from '../../ledger/wallets.ts';
import type { Member, MemberKey } from '../../members/member.ts';
import type { Coalition } from '../../partners/coalition.ts';
import type { ClauseOf } from '../../partners/contracts/clause.ts';
import type { PointCurrency } from '../../partners/currencies/point-currency.ts';
import { type Attempt, checkKey, hashOf } from '../../platform/idempotency.ts';
import type { UsageKey } from './accrual.queries.ts';
import { type AccrualClaim, amountOf, checkClaim, checkSize, expiryOf, fundedMicros, issuanceFor } from './accrual.rules.ts';
import type { Accrual } from './accrual.ts';
import { type Earned, earn, type RuleUsage } from './earn.rules.ts';
import { floorsOf, limitingClause } from './limits.rules.ts';

/** One accrual as asked for; the whole of it, without the key, is what a repetition of the key is compared with. */
export interface AccrueCommand extends AccrualClaim {
  /** Undefined where the external id alone tells a repetition. */
  readonly idempotencyKey: string | undefined;
  /** The member named, or why the name cannot be read. */
  readonly member: Outcome<MemberKey>;
}

/** What makes two reports one receipt: not the channel or site that reports it, nor by which of its names the member is called. */
export function receiptHash(command: AccrueCommand, memberId: string | undefined, currencyNo: number | undefined): Buffer {
  const { occurredAt, amount, points, items, promotion, confirm } = command;
  return hashOf({ memberId, currencyNo, occurredAt, amount, points, items, promotion, confirm });
}

/** A command that nothing speaks against, with what its contract says. */
export interface Granted {
  readonly at: number;
  readonly member: Member;
  readonly currency: PointCurrency;
  readonly terms: ClauseOf<'issuance'>;
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

/** Commands of one partner that are decided and posted together. */
export interface Batch {
  readonly coalition: Coalition;
  readonly now: Date;
  readonly partnerId: string;
  readonly commands: readonly AccrueCommand[];
  readonly attempts: readonly (Attempt | undefined)[];
  readonly receipts: readonly Buffer[];
  readonly wallets: ReadonlyMap<string, Wallet>;
}

/** Whether a command may earn at all: form, contract, clauses, member; in the order of domain 3.10. */
export function judge(
  coalition: Coalition,
  now: Date,
  partnerId: string,
  command: AccrueCommand,
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
  const terms = issuanceFor(coalition, partnerId, currency.done, command);
  if ('refused' in terms) return terms;
  if (command.promotion !== undefined)
    return refused('CLAUSE_NOT_GRANTED', 'No joint promotion of this name is in force.', { field: ['promotion'] });
  if (member.status !== 'ACTIVE') return refused('MEMBER_SUSPENDED', 'The member is suspended or closed.');
  if ([terms.done, limitingClause(coalition, partnerId, terms.done, now)].some(({ billing }) => billing === 'PREPAID'))
    return refused('PREPAID_EXHAUSTED', 'The partner has no prepaid point block with points left.');
  return { done: { member, currency: currency.done, terms: terms.done } };
}

/** Decides what a granted command earns and how it is posted. Pure: usage and openings were read before. */
export function planAccrual(
  batch: Batch,
  item: Granted,
  openings: ReadonlyMap<number, bigint>,
  usedToday: (key: UsageKey) => RuleUsage | undefined,
): Outcome<Plan> {
  const { coalition, partnerId, now } = batch;
  const { member, currency, terms, at } = item;
  const command = batch.commands[at];
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

  const pending = command.confirm === 'MANUAL' || earned.pendingDays > 0;
  const id = newId();
  const lotId = pending || earned.points === 0n ? undefined : newId();
  const hasAmount = command.amount !== undefined || command.items !== undefined;
  const accrual: Accrual = {
    id,
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
    points: earned.points,
    reversedPoints: 0n,
    returnedMinor: 0n,
    pendingUntil:
      command.confirm === 'AUTO' && earned.pendingDays > 0 ? plusDays(command.occurredAt, earned.pendingDays, timeZone) : undefined,
    redemptionMicros: terms.redemptionElementMicros,
    serviceMicros: terms.serviceElementMicros,
    fundedMicros: fundedMicros(terms),
    lotId,
    contributions: earned.contributions,
  };
  const floors = floorsOf(coalition, partnerId, terms, currency.no, now, openings.get(currency.no) ?? 0n);
  const facts = { reference: id, ...accrual };
  return done({
    at,
    accrual,
    receipt,
    attempt,
    posting:
      earned.points === 0n
        ? undefined
        : lotId === undefined
          ? accrualPending(facts, floors)
          : accrualConfirmed(facts, lotOf(accrual, lotId, currency, timeZone), floors),
    usage: [...earned.usage].map(([rule, used]) => ({ ...useOf(rule), ...used })),
    wallet: memberWallet,
  });
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
    coalition.earnRules,
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

/** The lot in which the points of an accrual enter the wallet. */
export function lotOf(accrual: Accrual, lotId: string, currency: PointCurrency, timeZone: string): OpenedLot {
  return {
    id: lotId,
    wallet: wallet(accrual.memberId, accrual.currencyNo),
    issuer: accrual.partnerId,
    origin: 'ACCRUAL',
    earnedAt: accrual.occurredAt,
    expiresAt: expiryOf(currency, accrual.occurredAt, timeZone),
    points: accrual.points - accrual.reversedPoints,
    redemptionMicros: accrual.redemptionMicros,
    fundedMicros: accrual.fundedMicros,
  };
}
