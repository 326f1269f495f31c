import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { toPublicId } from '../../kernel/ids.ts';
import { MoneyInput, MoneyType, NodeType } from '../../platform/graphql/common.types.ts';
import { enumType } from '../../platform/graphql/enum.ts';
import { BigIntString, DateTime, JSONObject, Points } from '../../platform/graphql/scalars.ts';
import { ChangePayload } from '../change-payload.types.ts';
import type { EarnRule, Ladder, LadderBand } from './earn-rule.ts';

export const LadderModeEnum = enumType<Ladder['mode']>('LadderMode', 'How a ladder is read.', {
  WHOLE_AMOUNT: 'The band in which the amount falls gives the rate for all of it.',
  MARGINAL: 'Each band gives its rate for the part of the amount that falls in it.',
});

const ladderBand = 'A band of a ladder.';

@ObjectType('LadderBand', { description: ladderBand })
@InputType('LadderBandInput', { description: ladderBand })
export class LadderBandType {
  @Field(() => Boolean, { nullable: true, defaultValue: true, description: 'Whether an amount of exactly `uptoMinor` is in the band.' })
  readonly uptoInclusive?: boolean;

  @Field(() => BigIntString, { nullable: true, description: 'Upper end in minor units; the last band has none.' })
  readonly uptoMinor?: bigint | undefined;

  @Field(() => Int, { description: 'Points per whole unit of settlement currency, in thousandths: 10000 = 10 points a unit.' })
  readonly milliPointsPerUnit!: number;
}

const earnLadder = 'Rates that depend on the amount of the purchase.';

@ObjectType('EarnLadder', { description: earnLadder })
@InputType('EarnLadderInput', { description: earnLadder })
export class EarnLadderType {
  @Field(() => LadderModeEnum, { nullable: true, defaultValue: 'WHOLE_AMOUNT', description: 'How it is read.' })
  readonly mode?: Ladder['mode'];

  @Field(() => [LadderBandType], { description: 'The bands in ascending order; the last has no end.' })
  readonly bands!: readonly LadderBandType[];
}

@ObjectType()
@InputType()
abstract class EarnRuleTerms {
  @Field(() => String, { description: 'Name of the rule; its versions share it.' })
  readonly code!: string;

  @Field(() => DateTime, { description: 'First instant at which this version applies, by the time of purchase.' })
  readonly effectiveFrom!: Date;

  @Field(() => DateTime, { nullable: true, description: 'The instant at which this version is over; open when there is none.' })
  readonly effectiveUntil?: Date | undefined;

  @Field(() => Int, {
    nullable: true,
    description: 'Points per whole unit of settlement currency, in thousandths: 10000 = 10 points a unit.',
  })
  readonly flatMilliPointsPerUnit?: number | undefined;

  @Field(() => EarnLadderType, { nullable: true, description: 'Rates by amount, instead of a flat rate.' })
  readonly ladder?: EarnLadderType | undefined;

  @Field(() => JSONObject, {
    nullable: true,
    description:
      'When the rule applies; all that are given must hold: categories, skus, channels, locations, tiers, minAmountMinor, maxAmountMinor, fromHour, untilHour, weekdays (1 = Monday). Hours and days are in program time. Lists may be a single value, named in singular.',
  })
  readonly conditions?: Record<string, unknown> | undefined;

  @Field(() => Int, { nullable: true, description: 'What the base points are multiplied by, in bps: 15000 = x 1.5.' })
  readonly multiplierBps?: number | undefined;

  @Field(() => Points, { nullable: true, description: 'Points that a purchase earns on top.' })
  readonly bonusPoints?: bigint | undefined;

  @Field(() => Int, { nullable: true, description: 'How often the rule applies to a member in a day of program time, at most.' })
  readonly frequencyCapPerDay?: number | undefined;

  @Field(() => Int, { nullable: true, description: 'Days for which the points stay pending before they are confirmed.' })
  readonly pendingDays?: number | undefined;
}

const dailySpendCap = 'Spending of a member in a day of program time that earns by this rule, at most.';

@ObjectType('EarnRule', { implements: NodeType, description: 'One version of a rule by which purchases earn points.' })
export class EarnRuleType extends EarnRuleTerms {
  readonly id!: string;
  readonly rule!: EarnRule;

  @Field(() => Int, { description: 'Counts from 1 for each code.' })
  readonly version!: number;

  @Field(() => MoneyType, { nullable: true, description: dailySpendCap })
  readonly dailySpendCap?: MoneyType | undefined;
}

export function toEarnRule(rule: EarnRule, settlementCurrency: string): EarnRuleType {
  return {
    rule,
    id: toPublicId('EarnRule', rule.id),
    code: rule.code,
    version: rule.version,
    effectiveFrom: rule.effectiveFrom,
    effectiveUntil: rule.effectiveUntil,
    flatMilliPointsPerUnit: rule.flatMilliPointsPerUnit,
    ladder: rule.ladder && { mode: rule.ladder.mode, bands: rule.ladder.bands.map(toBand) },
    conditions: toConditions(rule),
    multiplierBps: rule.multiplierBps,
    bonusPoints: rule.bonusPoints,
    dailySpendCap: rule.dailySpendCapMinor === undefined ? undefined : { minor: rule.dailySpendCapMinor, currency: settlementCurrency },
    frequencyCapPerDay: rule.frequencyCapPerDay,
    pendingDays: rule.pendingDays,
  };
}

function toBand({ uptoInclusive, uptoMinor, milliPointsPerUnit }: LadderBand): LadderBandType {
  return { uptoInclusive, uptoMinor, milliPointsPerUnit };
}

/** As JSON, whole numbers are decimal strings. */
function toConditions({ conditions }: EarnRule): Record<string, unknown> | undefined {
  const given = Object.entries(conditions).filter(([, value]) => value !== undefined);
  if (given.length === 0) return undefined;
  return Object.fromEntries(given.map(([name, value]) => [name, typeof value === 'bigint' ? value.toString() : value]));
}

@InputType('PublishEarnRuleInput', {
  description: 'A rule by which purchases earn points: a flat rate or a ladder, a multiplier, a bonus, or several of these.',
})
export class PublishEarnRuleInput extends EarnRuleTerms {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Code of the partner whose purchases it is about; left out by a partner: itself, by the operator: all partners.',
  })
  readonly partner?: string | null;

  @Field(() => String, { description: 'Code of the point currency that is earned.' })
  readonly currency!: string;

  @Field(() => MoneyInput, { nullable: true, description: dailySpendCap })
  readonly dailySpendCap?: MoneyInput | null;
}

@ObjectType('PublishEarnRulePayload', { description: 'The published version, or why nothing was published.' })
export class PublishEarnRulePayload extends ChangePayload {
  @Field(() => EarnRuleType, { nullable: true, description: 'The rule.' })
  readonly rule?: EarnRuleType;
}
