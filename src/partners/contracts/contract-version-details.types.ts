import { Field, ObjectType } from 'type-graphql';
import { enumType } from '../../platform/graphql/enum.ts';
import { DateTime } from '../../platform/graphql/scalars.ts';
import type { ContractChange } from './changes.rules.ts';
import type { ContractVersion } from './contract.rules.ts';
import type { ContractParty } from './contract-event.ts';
import { ContractPartyEnum } from './contract-event.types.ts';

@ObjectType('ContractSignature', { description: 'A signature under a version.' })
export class ContractSignatureType {
  @Field(() => ContractPartyEnum, { description: 'Who signed.' })
  readonly party!: ContractParty;

  @Field(() => DateTime, { description: 'When.' })
  readonly at!: Date;

  @Field(() => String, { nullable: true, description: 'What was said with it.' })
  readonly note?: string | undefined;
}

/** The signatures under a version as it is proposed now, in the order in which they are given. */
export function toSignatures(version: ContractVersion): ContractSignatureType[] {
  const { partnerSignedAt, partnerNote, operatorSignedAt, operatorNote } = version;
  return [
    ...(partnerSignedAt ? [{ party: 'PARTNER' as const, at: partnerSignedAt, note: partnerNote }] : []),
    ...(operatorSignedAt ? [{ party: 'OPERATOR' as const, at: operatorSignedAt, note: operatorNote }] : []),
  ];
}

const ChangeKindEnum = enumType<ContractChange['kind']>('ContractChangeKind', 'How a later version differs.', {
  ADDED: 'Only the later version has the clause.',
  REMOVED: 'Only the earlier version has the clause.',
  CHANGED: 'Both have it, and the field differs.',
});

@ObjectType('ContractChange', { description: 'One difference between two versions of a contract.' })
export class ContractChangeType {
  @Field(() => ChangeKindEnum, { description: 'How it differs.' })
  readonly kind!: ContractChange['kind'];

  @Field(() => String, { nullable: true, description: 'Kind of the clause and what it is for; none for dates, type and term.' })
  readonly clause?: string | undefined;

  @Field(() => String, { description: 'The field as the input names it, such as `rate.numerator`.' })
  readonly field!: string;

  @Field(() => String, { nullable: true, description: 'What the earlier version says; none where it says nothing.' })
  readonly before?: string | undefined;

  @Field(() => String, { nullable: true, description: 'What the later version says; none where it says nothing.' })
  readonly after?: string | undefined;
}
