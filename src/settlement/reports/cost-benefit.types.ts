import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { PartnerType, toPartner } from '../../partners/partner.types.ts';
import { MoneyInput, MoneyType, UserErrorType } from '../../platform/graphql/common.types.ts';
import type { LineType } from '../lines/cycle-line.ts';
import { LineTypeEnum } from '../lines/line-type.types.ts';
import type { PartnersReturn, Return } from './cost-benefit.rules.ts';

@InputType('UpliftInput', { description: 'Revenue that the programme brought a partner in a cycle: an amount, or a part of its sales.' })
export class UpliftInput {
  @Field(() => String, { description: 'Code of the partner.' })
  readonly partner!: string;

  @Field(() => MoneyInput, { nullable: true, description: "The partner's own figure; this or `salesUpliftBps` is given." })
  readonly uplift?: MoneyInput | null;

  @Field(() => Int, { nullable: true, description: 'The part of the net sales that it reported in the cycle, in bps: 0 to 10000.' })
  readonly salesUpliftBps?: number | null;
}

@ObjectType('CostOfType', { description: 'What lines of one type cost a partner in a clearing cycle.' })
export class CostOfTypeType {
  @Field(() => LineTypeEnum, { description: 'What the lines are about.' })
  readonly type!: LineType;

  @Field(() => MoneyType, { description: 'What they cost: + the partner pays, - it receives.' })
  readonly cost!: MoneyType;
}

@ObjectType('ProgramReturn', { description: 'What the programme cost and brought.' })
export class ProgramReturnType {
  @Field(() => MoneyType, { description: 'What it cost by statement lines, less what they brought.' })
  readonly cost!: MoneyType;

  @Field(() => MoneyType, { description: 'The revenue that it brought, as given.' })
  readonly uplift!: MoneyType;

  @Field(() => Int, {
    nullable: true,
    description: '(uplift - cost) / cost in basis points to the nearest, between -2147483647 and 2147483647; null where it cost nothing.',
  })
  readonly roiBps?: number | undefined;
}

@ObjectType('PartnerReturn', { description: 'What the programme cost and brought one partner in a clearing cycle.' })
export class PartnerReturnType extends ProgramReturnType {
  @Field(() => PartnerType, { description: 'The partner.' })
  readonly partner!: PartnerType;

  @Field(() => [CostOfTypeType], {
    description: 'The cost by type of line. Reimbursements, deposits, corrections and what was carried forward are none: docs/reports.md.',
  })
  readonly costs!: readonly CostOfTypeType[];
}

@ObjectType('CostBenefitPayload', { description: 'The cost and benefit of a clearing cycle.' })
export class CostBenefitPayload {
  @Field(() => [PartnerReturnType], { description: 'Of every partner that was named, in their order.' })
  readonly partners!: readonly PartnerReturnType[];

  @Field(() => ProgramReturnType, { nullable: true, description: 'Of all of them together.' })
  readonly program?: ProgramReturnType | undefined;

  @Field(() => [UserErrorType], { description: 'Why it cannot be said; empty when it is.' })
  readonly userErrors!: readonly UserErrorType[];
}

export function toProgramReturn({ costMinor, upliftMinor, roiBps }: Return, currency: string): ProgramReturnType {
  return { cost: { minor: costMinor, currency }, uplift: { minor: upliftMinor, currency }, roiBps };
}

export function toPartnerReturn(one: PartnersReturn, currency: string): PartnerReturnType {
  const costs = one.costs.map(({ type, minor }) => ({ type, cost: { minor, currency } }));
  return { ...toProgramReturn(one, currency), partner: toPartner(one.partner), costs };
}
