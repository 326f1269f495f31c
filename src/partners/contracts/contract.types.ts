import { Field, ObjectType } from 'type-graphql';
import { toPublicId } from '../../kernel/ids.ts';
import { NodeType } from '../../platform/graphql/common.types.ts';
import { enumType } from '../../platform/graphql/enum.ts';
import { DateTime } from '../../platform/graphql/scalars.ts';
import { ChangePayload } from '../change-payload.types.ts';
import { type TerminationCause, TerminationCauseEnum } from './clauses/termination/termination.types.ts';
import { type Contract, type ContractStatus, statusAt } from './contract.rules.ts';

export const ContractStatusEnum = enumType<ContractStatus>('ContractStatus', 'Where a contract stands in its life.', {
  DRAFT: 'Nothing is proposed yet.',
  PROPOSED: 'The operator has proposed terms; nobody has signed.',
  SIGNED: 'Signed by the partner, or by both and not yet in force.',
  ACTIVE: 'A version is in force.',
  SUSPENDED: 'Earning and burning are stopped for now.',
  NOTICE: 'Notice has been given; nothing has stopped yet.',
  RUN_OFF: 'Earning has ended; burning and settlement continue.',
  TAIL: 'Burning has ended too; late items still settle.',
  TERMINATED: 'All is settled and over.',
});

@ObjectType('Contract', {
  implements: NodeType,
  description: 'What operator and partner have agreed on, in versions. For that partner and the operator.',
})
export class ContractType extends NodeType {
  readonly contract!: Contract;
  /** The program's clock when it was read. */
  readonly readAt!: Date;

  @Field(() => ContractStatusEnum, { description: 'Where it stands now.' })
  readonly status!: ContractStatus;

  @Field(() => DateTime, { nullable: true, description: 'When notice was given.' })
  readonly noticeGivenAt?: Date | undefined;

  @Field(() => TerminationCauseEnum, { nullable: true, description: 'For what the operator ended it with immediate suspension.' })
  readonly terminationCause?: TerminationCause | undefined;

  @Field(() => DateTime, { nullable: true, description: 'Since when earning and burning are suspended.' })
  readonly suspendedAt?: Date | undefined;

  @Field(() => DateTime, { nullable: true, description: 'From here purchases earn no more.' })
  readonly earnEnd?: Date | undefined;

  @Field(() => DateTime, { nullable: true, description: 'From here the partner takes no more points.' })
  readonly burnEnd?: Date | undefined;

  @Field(() => DateTime, { nullable: true, description: 'From here nothing settles any more.' })
  readonly tailEnd?: Date | undefined;
}

export function toContract(contract: Contract, readAt: Date): ContractType {
  const { noticeGivenAt, terminationCause, suspendedAt, earnEnd, burnEnd, tailEnd } = contract;
  return {
    contract,
    readAt,
    id: toPublicId('Contract', contract.id),
    status: statusAt(contract, readAt),
    noticeGivenAt,
    terminationCause,
    suspendedAt,
    earnEnd,
    burnEnd,
    tailEnd,
  };
}

@ObjectType('ContractPayload', { description: 'The contract after the change, or why nothing was changed.' })
export class ContractPayload extends ChangePayload {
  @Field(() => ContractType, { nullable: true, description: 'The contract.' })
  readonly contract?: ContractType;
}
