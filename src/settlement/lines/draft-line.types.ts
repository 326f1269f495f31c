import { Field, ObjectType } from 'type-graphql';
import { MoneyType } from '../../platform/graphql/common.types.ts';
import { BigIntString } from '../../platform/graphql/scalars.ts';
import type { CycleLine, LineType, Share } from './cycle-line.ts';
import { LineTypeEnum } from './line-type.types.ts';

@ObjectType('DraftLine', { description: 'A line of the open clearing cycle as it would come out now.' })
export class DraftLineType {
  @Field(() => LineTypeEnum, { description: 'What it is about.' })
  readonly type!: LineType;

  @Field(() => String, { description: 'What it is about, for people.' })
  readonly description!: string;

  @Field(() => BigIntString, {
    description: "The partner's part before rounding, in micros of the settlement currency; + it receives, - it pays.",
  })
  readonly exactMicros!: bigint;

  @Field(() => MoneyType, { description: 'The same, rounded once: + the partner receives, - it pays.' })
  readonly amount!: MoneyType;
}

export function toDraftLine({ type, description }: CycleLine, { micros, minor }: Share, currency: string): DraftLineType {
  return { type, description, exactMicros: micros, amount: { minor, currency } };
}
