import { Field, ObjectType } from 'type-graphql';
import { ContractType } from './contract.types.ts';

@ObjectType('ContractUpdate', { description: 'A contract as it stands after a step.' })
export class ContractUpdateType {
  @Field(() => ContractType, { description: 'The contract.' })
  readonly contract!: ContractType;

  @Field(() => Boolean, { description: 'Whether this is how things stood at the beginning, or after messages were dropped.' })
  readonly resync!: boolean;
}
