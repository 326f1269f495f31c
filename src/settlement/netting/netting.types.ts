import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { toPublicId } from '../../kernel/ids.ts';
import { ChangePayload } from '../../partners/change-payload.types.ts';
import { PartnerType } from '../../partners/partner.types.ts';
import { MoneyInput, MoneyType } from '../../platform/graphql/common.types.ts';
import { DateTime } from '../../platform/graphql/scalars.ts';
import { SettlementParty } from '../lines/settlement-party.types.ts';
import type { NettingPair } from './netting-pair.ts';

@ObjectType('NettingPair', {
  description: 'Two partners that settle with each other what they owe each other directly, instead of through the operator.',
})
export class NettingPairType {
  readonly pair!: NettingPair;

  @Field(() => ID, { description: 'Opaque id.' })
  readonly id!: string;

  @Field(() => DateTime, { description: 'A cycle that ends after this instant is settled so.' })
  readonly from!: Date;

  @Field(() => DateTime, {
    nullable: true,
    description: 'A cycle that ends after this instant is settled through the operator again; null while no end is set.',
  })
  readonly until?: Date | null;
}

export function toNettingPair(pair: NettingPair): NettingPairType {
  return { pair, id: toPublicId('NettingPair', pair.id), from: pair.startsAt, until: pair.endsAt };
}

@ObjectType('PairNetting', { description: 'What two parties of a cycle owe each other by its lines.' })
export class PairNettingType {
  @Field(() => SettlementParty, { description: 'One of them.' })
  readonly a!: string;

  @Field(() => SettlementParty, { description: 'The other.' })
  readonly b!: string;

  @Field(() => MoneyType, { description: 'What the first owes the second.' })
  readonly aOwes!: MoneyType;

  @Field(() => MoneyType, { description: 'What the second owes the first.' })
  readonly bOwes!: MoneyType;

  @Field(() => Boolean, { description: 'Whether they are a netting pair and settle it with each other.' })
  readonly bilateral!: boolean;
}

@ObjectType('CycleNetting', {
  description: 'What netting spares in a closed cycle. The operator sees all parties; a partner sees what it owes and is owed itself.',
})
export class CycleNettingType {
  @Field(() => MoneyType, { description: 'All that is owed by the lines of the cycle. The pool is counted with the operator.' })
  readonly gross!: MoneyType;

  @Field(() => MoneyType, { description: 'What is owed after netting, by all who then owe; what was left to the next cycle included.' })
  readonly net!: MoneyType;

  @Field(() => MoneyType, { description: 'What is spared: gross less net.' })
  readonly saving!: MoneyType;

  @Field(() => Int, { description: 'What is spared, in basis points of gross, floored.' })
  readonly savingBps!: number;

  @Field(() => MoneyType, { description: 'What was left to the next cycle, below a threshold or above a funding limit.' })
  readonly carried!: MoneyType;

  @Field(() => Int, { description: 'Payments that there would be without netting: one in each direction in which anything is owed.' })
  readonly grossPayments!: number;

  @Field(() => Int, { description: 'Payments that there are.' })
  readonly payments!: number;

  @Field(() => [PairNettingType], { description: 'Who owes whom: partners by code, the operator last.' })
  readonly pairs!: readonly PairNettingType[];
}

@InputType('NameNettingPairInput', { description: 'Two partners that are to settle with each other.' })
export class NameNettingPairInput {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => [String], { description: 'Codes of the two partners.' })
  readonly partners!: readonly string[];

  @Field(() => DateTime, { nullable: true, description: 'From when on: now when left out, at the earliest the start of the open cycle.' })
  readonly from?: Date | null;
}

@InputType('EndNettingPairInput', { description: 'A netting pair that is to end.' })
export class EndNettingPairInput {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the pair.' })
  readonly pairId!: string;

  @Field(() => DateTime, { nullable: true, description: 'Until when: now when left out, and never earlier.' })
  readonly until?: Date | null;
}

@ObjectType('NettingPairPayload', { description: 'The pair after the change, or why nothing was changed.' })
export class NettingPairPayload extends ChangePayload {
  @Field(() => NettingPairType, { nullable: true, description: 'The pair.' })
  readonly pair?: NettingPairType;
}

@InputType('SetFundingLimitInput', { description: 'Up to what a partner pays for one cycle.' })
export class SetFundingLimitInput {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => String, { description: 'Code of the partner.' })
  readonly partner!: string;

  @Field(() => MoneyInput, { nullable: true, description: 'The limit; none when left out.' })
  readonly limit?: MoneyInput | null;
}

@ObjectType('SetFundingLimitPayload', { description: 'The partner with its limit, or why nothing was changed.' })
export class SetFundingLimitPayload extends ChangePayload {
  @Field(() => PartnerType, { nullable: true, description: 'The partner.' })
  readonly partner?: PartnerType;
}
