import { Field, Int, ObjectType } from 'type-graphql';
import { connectionOf } from '../../platform/graphql/connection.ts';
import { enumType } from '../../platform/graphql/enum.ts';
import { DateTime } from '../../platform/graphql/scalars.ts';
import type { ContractEvent, ContractEventKind, ContractParty } from './contract-event.ts';

const ContractEventKindEnum = enumType<ContractEventKind>('ContractEventKind', 'What happened to a contract.', {
  DRAFTED: 'The operator began a draft.',
  REVISED: 'The operator wrote a draft anew.',
  PROPOSED: 'The operator proposed a version.',
  SIGNED: 'One of the two signed a version.',
  REJECTED: 'The partner turned a proposal down, or the operator took it back.',
  SUSPENDED: 'The operator suspended earning and burning.',
  RESUMED: 'The operator let earning and burning go on.',
  NOTICE_GIVEN: 'One of the two gave notice.',
  NOTE_ADDED: 'One of the two wrote a note.',
});

export const ContractPartyEnum = enumType<ContractParty>('ContractParty', 'The two who make a contract.', {
  OPERATOR: 'The operator of the program.',
  PARTNER: 'The partner whose contract it is.',
});

@ObjectType('ContractEvent', { description: 'One step in the life of a contract. What is recorded is never changed.' })
export class ContractEventType {
  @Field(() => ContractEventKindEnum, { description: 'What happened.' })
  readonly kind!: ContractEventKind;

  @Field(() => ContractPartyEnum, { description: 'Who did it.' })
  readonly party!: ContractParty;

  @Field(() => DateTime, { description: 'When.' })
  readonly at!: Date;

  @Field(() => String, { nullable: true, description: 'What was said with it.' })
  readonly note?: string | undefined;

  @Field(() => Int, { nullable: true, description: 'Number of the version, where it is about one.' })
  readonly version?: number | undefined;
}

export const ContractEventConnection = connectionOf<ContractEventType>('ContractEvent', () => ContractEventType);

export function toContractEvent({ kind, party, at, note, version }: ContractEvent): ContractEventType {
  return { kind, party, at, note: note ?? undefined, version: version ?? undefined };
}
