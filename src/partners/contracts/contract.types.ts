import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { toPublicId } from '../../kernel/ids.ts';
import { NodeType } from '../../platform/graphql/common.types.ts';
import { connectionOf } from '../../platform/graphql/connection.ts';
import { enumType } from '../../platform/graphql/enum.ts';
import { DateTime } from '../../platform/graphql/scalars.ts';
import { ChangePayload } from '../change-payload.types.ts';
import type { Clause } from './clause.ts';
import { ClauseInput, ClauseType } from './clauses/clause.types.ts';
import { type Contract, type ContractStatus, type ContractVersion, statusAt } from './contract.rules.ts';

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

@ObjectType('ContractVersion', { description: 'The terms of a contract for a time. At most one version is in force at an instant.' })
export class ContractVersionType {
  @Field(() => ID, { description: 'Opaque id.' })
  readonly id!: string;

  @Field(() => Int, { description: 'Counts from 1 within the contract.' })
  readonly number!: number;

  @Field(() => DateTime, { description: 'First instant at which it is in force, once both have signed.' })
  readonly effectiveFrom!: Date;

  @Field(() => DateTime, { nullable: true, description: 'The instant at which it is over; open when there is none.' })
  readonly effectiveUntil?: Date | undefined;

  @Field(() => DateTime, { description: 'When the operator proposed it.' })
  readonly proposedAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When the partner signed it.' })
  readonly partnerSignedAt?: Date | undefined;

  @Field(() => DateTime, { nullable: true, description: 'When the operator signed it.' })
  readonly operatorSignedAt?: Date | undefined;

  @Field(() => [ClauseType], { description: 'What was agreed; an absent clause grants nothing.' })
  readonly clauses!: readonly Clause[];
}

export function toContractVersion(version: ContractVersion): ContractVersionType {
  return { ...version, id: toPublicId('ContractVersion', version.id) };
}

export const ContractVersionConnection = connectionOf<ContractVersionType>('ContractVersion', () => ContractVersionType);

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

  @Field(() => DateTime, { nullable: true, description: 'From here purchases earn no more.' })
  readonly earnEnd?: Date | undefined;

  @Field(() => DateTime, { nullable: true, description: 'From here the partner takes no more points.' })
  readonly burnEnd?: Date | undefined;

  @Field(() => DateTime, { nullable: true, description: 'From here nothing settles any more.' })
  readonly tailEnd?: Date | undefined;
}

export function toContract(contract: Contract, readAt: Date): ContractType {
  const { noticeGivenAt, earnEnd, burnEnd, tailEnd } = contract;
  return {
    contract,
    readAt,
    id: toPublicId('Contract', contract.id),
    status: statusAt(contract, readAt),
    noticeGivenAt,
    earnEnd,
    burnEnd,
    tailEnd,
  };
}

@InputType('ProposeContractInput', {
  description: 'Terms proposed to a partner. The first open its contract, later ones are new versions of it.',
})
export class ProposeContractInput {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => String, { description: 'Code of the partner.' })
  readonly partner!: string;

  @Field(() => DateTime, { description: "When the terms begin; no earlier than the open clearing cycle's start." })
  readonly effectiveFrom!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When they end by themselves; open when left out.' })
  readonly effectiveUntil?: Date | null;

  @Field(() => [ClauseInput], { description: 'What is to be agreed; exactly one scope clause.' })
  readonly clauses!: readonly ClauseInput[];
}

@InputType('SignContractInput', { description: 'A signature. The partner signs as itself, then the operator.' })
export class SignContractInput {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the contract.' })
  readonly contractId!: string;

  @Field(() => Int, { description: 'Number of the version that is signed.' })
  readonly version!: number;
}

@InputType('GiveContractNoticeInput', { description: 'Notice to end a contract.' })
export class GiveContractNoticeInput {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the contract.' })
  readonly contractId!: string;

  @Field(() => String, { nullable: true, description: 'Why, for the record.' })
  readonly reason?: string | null;
}

@ObjectType('ContractPayload', { description: 'The contract after the change, or why nothing was changed.' })
export class ContractPayload extends ChangePayload {
  @Field(() => ContractType, { nullable: true, description: 'The contract.' })
  readonly contract?: ContractType;
}
