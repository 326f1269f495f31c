import { Field, ID, Int, ObjectType } from 'type-graphql';
import { toPublicId } from '../../kernel/ids.ts';
import { connectionOf } from '../../platform/graphql/connection.ts';
import { enumType } from '../../platform/graphql/enum.ts';
import { DateTime } from '../../platform/graphql/scalars.ts';
import type { Clause } from './clause.ts';
import { ClauseType } from './clauses/clause.types.ts';
import type { Contract, ContractVersion, VersionStatus } from './contract.rules.ts';
import { versionStatusAt } from './contract.rules.ts';
import type { ContractForm } from './contract-form.ts';
import { ContractFormEnum } from './contract-form.types.ts';

const VersionStatusEnum = enumType<VersionStatus>('ContractVersionStatus', 'Where one version of a contract stands.', {
  DRAFT: 'The operator is writing it; the partner does not see it.',
  PROPOSED: 'Proposed to the partner; nobody has signed.',
  SIGNED: 'Signed by the partner.',
  SIGNED_BOTH: 'Signed by both; its time has not come.',
  IN_FORCE: 'Signed by both, begun and not ended.',
  ENDED: 'Over, or replaced by a later version.',
});

@ObjectType('ContractVersion', { description: 'The terms of a contract for a time. At most one version is in force at an instant.' })
export class ContractVersionType {
  readonly contract!: Contract;
  readonly version!: ContractVersion;

  @Field(() => ID, { description: 'Opaque id.' })
  readonly id!: string;

  @Field(() => Int, { description: 'Counts from 1 within the contract.' })
  readonly number!: number;

  @Field(() => VersionStatusEnum, { description: 'Where it stands now.' })
  readonly status!: VersionStatus;

  @Field(() => Int, { description: 'Counts from 1 how often its terms were written.' })
  readonly revision!: number;

  @Field(() => ContractFormEnum, { description: 'What kind of cooperation it is.' })
  readonly type!: ContractForm;

  @Field(() => Int, { nullable: true, description: 'Its term in calendar months of program time, where its end was agreed so.' })
  readonly termMonths?: number | undefined;

  @Field(() => DateTime, { description: 'First instant at which it is in force, once both have signed.' })
  readonly effectiveFrom!: Date;

  @Field(() => DateTime, { nullable: true, description: 'The instant at which it is over; open when there is none.' })
  readonly effectiveUntil?: Date | undefined;

  @Field(() => DateTime, { nullable: true, description: 'When the operator proposed it; none while it is a draft.' })
  readonly proposedAt?: Date | undefined;

  @Field(() => DateTime, { nullable: true, description: 'When the partner signed it.' })
  readonly partnerSignedAt?: Date | undefined;

  @Field(() => DateTime, { nullable: true, description: 'When the operator signed it.' })
  readonly operatorSignedAt?: Date | undefined;

  @Field(() => [ClauseType], { description: 'What was agreed; an absent clause grants nothing.' })
  readonly clauses!: readonly Clause[];
}

export function toContractVersion(contract: Contract, version: ContractVersion, readAt: Date): ContractVersionType {
  return {
    ...version,
    contract,
    version,
    id: toPublicId('ContractVersion', version.id),
    status: versionStatusAt(contract, version, readAt),
  };
}

export const ContractVersionConnection = connectionOf<ContractVersionType>('ContractVersion', () => ContractVersionType);
