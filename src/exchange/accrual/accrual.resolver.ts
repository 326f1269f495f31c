import { Arg, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import { NO_ID, parseIdOf } from '../../kernel/ids.ts';
import type { Outcome, Refusal } from '../../kernel/refusal.ts';
import { principalOf } from '../../kernel/viewer.ts';
import { MemberType, toMember } from '../../members/member.types.ts';
import { keyOf } from '../../members/member-ref.ts';
import { readMembers } from '../../members/members.queries.ts';
import type { Coalition } from '../../partners/coalition.ts';
import { PointCurrencyType, toPointCurrency } from '../../partners/currencies/point-currency.types.ts';
import { loadCoalition, showCoalition, withCoalition } from '../../partners/load-coalition.ts';
import { PartnerType, toPartner } from '../../partners/partner.types.ts';
import { transactTogether } from '../../platform/batching/transact-together.ts';
import type { Tx } from '../../platform/database.ts';
import { toUserError } from '../../platform/graphql/common.types.ts';
import { badInput } from '../../platform/graphql/connection.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { mayAct } from '../../platform/graphql/rights.ts';
import { type Attempt, attemptOf, attemptUnder, hashOf } from '../../platform/idempotency.ts';
import { toBalance } from '../wallets/balance.types.ts';
import {
  AccrualRefInput,
  AccrualType,
  AccrueBatchPayload,
  AccrueInput,
  AccruePayload,
  QuoteAccrualInput,
  QuoteAccrualPayload,
  ReverseAccrualInput,
  RuleContributionType,
  toAccrual,
  toContribution,
} from './accrual.types.ts';
import { cancelAccrual } from './cancel-accrual.ts';
import type { AccrualChange } from './change-accrual.ts';
import { confirmAccrual } from './confirm-accrual.ts';
import { accrualsOf } from './gather-accruals.ts';
import type { AccrueCommand } from './plan-accrual.ts';
import { quoteAccrual } from './quote-accrual.ts';
import { reverseAccrual } from './reverse-accrual.ts';
import type { Accrued } from './store-accruals.ts';

/** A batch has at most this many lines. */
const LARGEST_BATCH = 1000;

function toItems(items: AccrueInput['items']): AccrueCommand['items'] {
  return items?.map(({ sku, category, quantity, amount }) => ({ sku, category: category ?? undefined, quantity: quantity ?? 1, amount }));
}

function toCommand(input: AccrueInput, partnerId: string): AccrueCommand {
  return {
    idempotencyKey: input.idempotencyKey,
    externalId: input.externalId,
    member: keyOf(input.member, partnerId),
    occurredAt: input.occurredAt,
    channel: input.channel ?? 'PARTNER_API',
    locationId: input.locationId ?? undefined,
    amount: input.amount ?? undefined,
    points: input.points ?? undefined,
    currency: input.currency ?? undefined,
    items: toItems(input.items),
    promotion: input.promotion ?? undefined,
    confirm: input.confirm ?? 'AUTO',
  };
}

function toRefusal({ refused }: { readonly refused: Refusal }, root: readonly string[] = ['input']): AccruePayload {
  return { replayed: false, userErrors: [toUserError(refused, root)] };
}

function toPayload(outcome: Outcome<Accrued>, coalition: Coalition, root?: readonly string[]): AccruePayload {
  if ('refused' in outcome) return toRefusal(outcome, root);
  const { accrual, balance, partnerMicros, replayed } = outcome.done;
  return {
    partnerId: accrual.partnerId,
    partnerMicros,
    accrual: toAccrual(accrual),
    balance: toBalance(accrual.memberId, coalition.currencyNo(accrual.currencyNo), balance),
    replayed,
    userErrors: [],
  };
}

async function change(
  context: Context,
  operation: string,
  input: { readonly idempotencyKey: string; readonly accrualId: string },
  work: (tx: Tx, change: AccrualChange) => Promise<Outcome<Accrued>>,
): Promise<AccruePayload> {
  const coalition = await loadCoalition(context);
  const may = mayAct(context.viewer, 'PARTNER');
  if ('refused' in may) return toPayload(may, coalition);
  const { partnerId } = may.done;
  const accrualId = parseIdOf('Accrual', input.accrualId) ?? NO_ID;
  const attempt = attemptOf(principalOf(may.done), operation, input);
  const outcome = await transactTogether(context.db, `accrual ${accrualId}`, (tx) => work(tx, { attempt, partnerId, accrualId }));
  return toPayload(outcome, coalition);
}

/** A return by the partner's name for it, whatever the key. */
function receiptOf({ attempt }: AccrualChange, externalId: string | null | undefined, content: object): Attempt | undefined {
  if (externalId === undefined || externalId === null) return undefined;
  return attemptUnder(externalId, { principal: attempt.principal, operation: 'reverseAccrual.externalId', hash: hashOf(content) });
}

@Resolver(() => AccrualType)
export class AccrualResolver {
  @Mutation(() => AccruePayload, { description: 'PARTNER: posts a purchase, and the points that it earns by the rules in force.' })
  async accrue(
    @Ctx() context: Context,
    @Arg('input', () => AccrueInput, { description: 'The purchase.' }) input: AccrueInput,
  ): Promise<AccruePayload> {
    const may = mayAct(context.viewer, 'PARTNER');
    if ('refused' in may) return toRefusal(may);
    const { partnerId } = may.done;
    const asked = { principal: principalOf(may.done), partnerId, command: toCommand(input, partnerId) };
    const outcome = await accrualsOf(context.db).singles.ask(asked);
    if ('refused' in outcome) return toRefusal(outcome);
    const { accrued, ...reading } = outcome.done;
    // What the answer says besides was decided by the same configuration: it is not read again.
    showCoalition(context, reading);
    return toPayload({ done: accrued }, reading.coalition);
  }

  @Mutation(() => AccrueBatchPayload, {
    description: 'PARTNER: posts up to 1,000 purchases in one request. One refused line refuses that line only.',
  })
  async accrueBatch(
    @Ctx() context: Context,
    @Arg('inputs', () => [AccrueInput], { description: 'The purchases; at most 1,000.' }) inputs: readonly AccrueInput[],
  ): Promise<AccrueBatchPayload> {
    if (inputs.length > LARGEST_BATCH) throw badInput(`A batch has at most ${LARGEST_BATCH} accruals: send several.`);
    const may = mayAct(context.viewer, 'PARTNER');
    if ('refused' in may) return refuseAll(may, inputs);
    const { partnerId } = may.done;
    const principal = principalOf(may.done);
    const outcome = await accrualsOf(context.db).batches.ask(
      inputs.map((input) => ({ principal, partnerId, command: toCommand(input, partnerId) })),
    );
    if ('refused' in outcome) return refuseAll(outcome, inputs);
    const { accrued, ...reading } = outcome.done;
    showCoalition(context, reading);
    return toBatch(accrued.map((one, at) => toPayload(one, reading.coalition, ['inputs', String(at)])));
  }

  @Mutation(() => AccruePayload, {
    description: 'PARTNER: makes pending points of its own accrual available. Confirming twice changes nothing.',
  })
  confirmAccrual(
    @Ctx() context: Context,
    @Arg('input', () => AccrualRefInput, { description: 'The accrual.' }) input: AccrualRefInput,
  ): Promise<AccruePayload> {
    return change(context, 'confirmAccrual', input, confirmAccrual);
  }

  @Mutation(() => AccruePayload, { description: 'PARTNER: takes back pending points of its own accrual.' })
  cancelAccrual(
    @Ctx() context: Context,
    @Arg('input', () => AccrualRefInput, { description: 'The accrual.' }) input: AccrualRefInput,
  ): Promise<AccruePayload> {
    return change(context, 'cancelAccrual', input, cancelAccrual);
  }

  @Mutation(() => AccruePayload, {
    description: 'PARTNER: takes back points of its own accrual, all or in part; also after the contract has ended.',
  })
  reverseAccrual(
    @Ctx() context: Context,
    @Arg('input', () => ReverseAccrualInput, { description: 'What came back.' }) input: ReverseAccrualInput,
  ): Promise<AccruePayload> {
    const { accrualId, externalId } = input;
    const [returnedAmount, points] = [input.returnedAmount ?? undefined, input.points ?? undefined];
    return change(context, 'reverseAccrual', input, (tx, accrual) =>
      reverseAccrual(tx, {
        ...accrual,
        returnedAmount,
        points,
        externalId: externalId ?? undefined,
        receipt: receiptOf(accrual, externalId, { accrualId, returnedAmount, points }),
      }),
    );
  }

  @Query(() => QuoteAccrualPayload, { description: 'PUBLIC: what a purchase would earn by the rules in force. Writes nothing.' })
  async quoteAccrual(
    @Ctx() context: Context,
    @Arg('input', () => QuoteAccrualInput, { description: 'The purchase.' }) input: QuoteAccrualInput,
  ): Promise<QuoteAccrualPayload> {
    const { viewer } = context;
    const coalition = await loadCoalition(context);
    const asking = viewer.role === 'PARTNER' ? viewer.partnerId : undefined;
    // A stranger may ask what a purchase earns, but not by it learn who is a member in which tier.
    const member =
      input.member === undefined || input.member === null || viewer.role === 'ANONYMOUS' ? undefined : keyOf(input.member, asking);
    if (member !== undefined && 'refused' in member) return { breakdown: [], userErrors: [toUserError(member.refused)] };
    const outcome = await quoteAccrual(context.db, {
      partner: input.partner ?? (asking && coalition.partnerById(asking).code),
      member: member?.done,
      claim: { amount: input.amount, items: toItems(input.items) },
      occurredAt: input.occurredAt ?? undefined,
    });
    if ('refused' in outcome) return { breakdown: [], userErrors: [toUserError(outcome.refused)] };
    const { settlementCurrency } = coalition.program;
    return {
      points: outcome.done.points,
      breakdown: outcome.done.contributions.map((c) => toContribution(c, settlementCurrency)),
      userErrors: [],
    };
  }

  @FieldResolver(() => PartnerType, { description: 'The partner at which it was earned and who issued the points.' })
  partner(@Ctx() context: Context, @Root() { accrual }: AccrualType): PartnerType | Promise<PartnerType> {
    return withCoalition(context, (coalition) => toPartner(coalition.partnerById(accrual.partnerId)));
  }

  @FieldResolver(() => MemberType, { description: 'The member who earned; masked for partners.' })
  async member(@Ctx() context: Context, @Root() { accrual }: AccrualType): Promise<MemberType> {
    const member = await context.load(readMembers, accrual.memberId);
    if (member === undefined) throw new Error(`member ${accrual.memberId} is not stored`);
    return toMember(member);
  }

  @FieldResolver(() => PointCurrencyType, { description: 'The currency of the points.' })
  currency(@Ctx() context: Context, @Root() { accrual }: AccrualType): PointCurrencyType | Promise<PointCurrencyType> {
    return withCoalition(context, (coalition) => toPointCurrency(coalition.currencyNo(accrual.currencyNo)));
  }

  @FieldResolver(() => [RuleContributionType], { description: 'Which rules gave the points; empty when they were awarded directly.' })
  breakdown(
    @Ctx() context: Context,
    @Root() { accrual }: AccrualType,
  ): readonly RuleContributionType[] | Promise<readonly RuleContributionType[]> {
    return withCoalition(context, ({ program }) => accrual.contributions.map((one) => toContribution(one, program.settlementCurrency)));
  }
}

function refuseAll(refusal: { readonly refused: Refusal }, inputs: readonly unknown[]): AccrueBatchPayload {
  return toBatch(inputs.map((_, at) => toRefusal(refusal, ['inputs', String(at)])));
}

function toBatch(results: AccruePayload[]): AccrueBatchPayload {
  const refused = results.filter((result) => result.userErrors.length > 0).length;
  return { results, accepted: results.length - refused, refused };
}
