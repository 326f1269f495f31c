import { Field, ObjectType } from 'type-graphql';
import { MoneyType } from '../../platform/graphql/common.types.ts';
import { SettlementParty } from '../lines/settlement-party.types.ts';

@ObjectType('NetPosition', { description: 'What one party of a clearing cycle receives, or pays as a negative amount.' })
export class NetPositionType {
  @Field(() => SettlementParty, { description: 'Whose it is.' })
  readonly party!: string;

  @Field(() => MoneyType, { description: 'Sum of its parts in all lines: + it receives, - it pays.' })
  readonly net!: MoneyType;
}
