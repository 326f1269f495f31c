import { Field, Int, ObjectType } from 'type-graphql';
import { MoneyType, UserErrorType } from '../../platform/graphql/common.types.ts';
import type { LineType } from '../lines/cycle-line.ts';
import { LineTypeEnum } from '../lines/line-type.types.ts';
import { SettlementParty } from '../lines/settlement-party.types.ts';
import type { ComparedLine } from './compare-lines.rules.ts';

@ObjectType('SimulatedLine', { description: "A line of the partner's statement as it is, beside what it would have been." })
export class SimulatedLineType {
  @Field(() => Int, { nullable: true, description: "Its place in the partner's statement; null where there is no such line." })
  readonly no?: number | undefined;

  @Field(() => LineTypeEnum, { description: 'What it is about.' })
  readonly type!: LineType;

  @Field(() => String, { description: 'What it is about, unique among lines of its type.' })
  readonly key!: string;

  @Field(() => String, { description: 'What it is about, for people: as simulated, where there is such a line.' })
  readonly description!: string;

  @Field(() => MoneyType, { description: 'As it is: + the partner receives, - it pays; 0 where there is no such line.' })
  readonly current!: MoneyType;

  @Field(() => MoneyType, { description: 'As it would have been.' })
  readonly simulated!: MoneyType;

  @Field(() => MoneyType, { description: 'What it would have been, less what it is.' })
  readonly difference!: MoneyType;
}

@ObjectType('SimulatedPosition', { description: 'What a party of a clearing cycle receives, beside what it would have received.' })
export class SimulatedPositionType {
  @Field(() => SettlementParty, { description: 'Whose it is.' })
  readonly party!: string;

  @Field(() => MoneyType, { description: 'As it is: + it receives, - it pays.' })
  readonly current!: MoneyType;

  @Field(() => MoneyType, { description: 'As it would have been. All parties together have 0.' })
  readonly simulated!: MoneyType;
}

@ObjectType('SimulateContractPayload', { description: 'A clearing cycle under other terms of one contract. Nothing of it is kept.' })
export class SimulateContractPayload {
  @Field(() => [SimulatedLineType], { description: "The lines of the contract's partner, in the order of its statement." })
  readonly lines!: readonly SimulatedLineType[];

  @Field(() => [SimulatedPositionType], {
    description: 'What every party receives or pays: partners by code, then the operator and the pool. A partner sees its own.',
  })
  readonly netPositions!: readonly SimulatedPositionType[];

  @Field(() => [UserErrorType], { description: 'Why the terms cannot be tried; empty when they were.' })
  readonly userErrors!: readonly UserErrorType[];
}

export function toSimulatedLine({ currentMinor, simulatedMinor, ...line }: ComparedLine, currency: string): SimulatedLineType {
  return {
    ...line,
    current: { minor: currentMinor, currency },
    simulated: { minor: simulatedMinor, currency },
    difference: { minor: simulatedMinor - currentMinor, currency },
  };
}
