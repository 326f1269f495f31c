import { minorPerUnit } from '../../kernel/money.ts';
import { done, invalid, type Outcome } from '../../kernel/refusal.ts';
import type { MemberKey } from '../../members/member.ts';
import { findMembers } from '../../members/members.queries.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import type { Db } from '../../platform/database.ts';
import { type AccrualClaim, amountOf, checkClaim, currencyOf } from './accrual.rules.ts';
import { type Earned, earn } from './earn.rules.ts';

export interface AccrualQuestion {
  /** Code of the partner; without it only the rules of the program count. */
  readonly partner: string | undefined;
  readonly member: MemberKey | undefined;
  readonly claim: Pick<AccrualClaim, 'amount' | 'items'>;
  readonly occurredAt: Date | undefined;
}

/** What a purchase would earn, by the rules in force. Writes nothing; daily caps are not looked at, since nothing is earned yet. */
export async function quoteAccrual(db: Db, question: AccrualQuestion): Promise<Outcome<Earned>> {
  const { coalition, now } = await coalitionNow(db);
  const occurredAt = question.occurredAt ?? now;
  const claim = checkClaim(
    { ...question.claim, externalId: 'quote', occurredAt: now, channel: 'WEB', confirm: 'AUTO' },
    coalition.program.settlementCurrency,
    now,
  );
  if ('refused' in claim) return claim;
  const partner = question.partner === undefined ? undefined : coalition.partnerOf(question.partner);
  if (question.partner !== undefined && partner === undefined) return invalid('partner', `There is no partner ${question.partner}.`);
  const [member] = question.member === undefined ? [undefined] : await findMembers(db, [question.member]);
  if (question.member !== undefined && member === undefined) return invalid('member', 'There is no such member.');
  const currency = partner === undefined ? undefined : currencyOf(coalition, partner.id, undefined, occurredAt);
  const programRule = coalition.earnRules.find((rule) => rule.partnerId === undefined);
  const currencyNo = currency === undefined ? programRule?.currencyNo : 'done' in currency ? currency.done.no : undefined;
  if (currencyNo === undefined)
    return currency !== undefined && 'refused' in currency
      ? currency
      : invalid('partner', 'Name the partner: the program has no rule for all of them.');
  return done(
    earn(
      coalition.earnRules,
      {
        partnerId: partner?.id,
        currencyNo,
        occurredAt,
        amountMinor: amountOf(question.claim),
        items: (question.claim.items ?? []).map((item) => ({ sku: item.sku, category: item.category, amountMinor: item.amount.minor })),
        channel: undefined,
        locationId: undefined,
        tier: member?.tier ?? undefined,
      },
      () => ({ spendMinor: 0n, times: 0 }),
      { timeZone: coalition.program.timeZone, minorPerUnit: minorPerUnit(coalition.program.settlementCurrency) },
    ),
  );
}
