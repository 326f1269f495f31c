import { Field, ID, InputType, Int } from 'type-graphql';
import { DateTime } from '../../platform/graphql/scalars.ts';
import { ClauseInput } from './clauses/clause.types.ts';
import { type TerminationCause, TerminationCauseEnum } from './clauses/termination/termination.types.ts';
import type { ContractForm } from './contract-form.ts';
import { ContractFormEnum } from './contract-form.types.ts';

@InputType()
abstract class TermsInput {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => DateTime, {
    description:
      "When the terms begin; no earlier than the open clearing cycle's start, nor than the tail ends of a contract that the partner had before.",
  })
  readonly effectiveFrom!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When they end by themselves; open when this and `termMonths` are left out.' })
  readonly effectiveUntil?: Date | null;

  @Field(() => Int, { nullable: true, description: 'Instead of `effectiveUntil`: calendar months of program time, 1 to 600.' })
  readonly termMonths?: number | null;

  @Field(() => ContractFormEnum, {
    nullable: true,
    defaultValue: ContractFormEnum.PARTNERSHIP,
    description: 'What kind of cooperation it is.',
  })
  readonly type?: ContractForm | null;

  @Field(() => [ClauseInput], { description: 'What is to be agreed; exactly one scope clause.' })
  readonly clauses!: readonly ClauseInput[];
}

@InputType()
abstract class PartnerTermsInput extends TermsInput {
  @Field(() => String, { description: 'Code of the partner.' })
  readonly partner!: string;
}

@InputType('ProposeContractInput', {
  description: 'Terms proposed to a partner. The first open its contract, later ones are new versions of it.',
})
export class ProposeContractInput extends PartnerTermsInput {}

@InputType('DraftContractInput', { description: 'Terms that only the operator sees until it proposes them.' })
export class DraftContractInput extends PartnerTermsInput {}

@InputType('ReviseDraftInput', { description: 'A draft written anew, as a whole.' })
export class ReviseDraftInput extends TermsInput {
  @Field(() => ID, { description: 'Id of the contract.' })
  readonly contractId!: string;

  @Field(() => Int, { description: 'Number of the draft.' })
  readonly version!: number;

  @Field(() => Int, { description: 'The revision that was read; if the draft has changed since, nothing is written.' })
  readonly revision!: number;
}

@InputType('ProposeDraftInput', { description: 'The draft that is proposed.' })
export class ProposeDraftInput {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the contract.' })
  readonly contractId!: string;

  @Field(() => Int, { description: 'Number of the draft.' })
  readonly version!: number;
}

@InputType('SignContractInput', { description: 'A signature. The partner signs as itself, then the operator.' })
export class SignContractInput {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the contract.' })
  readonly contractId!: string;

  @Field(() => Int, { description: 'Number of the version that is signed.' })
  readonly version!: number;

  @Field(() => Int, {
    nullable: true,
    description: 'The revision that was read; if the version says something else by now, nothing is signed.',
  })
  readonly revision?: number | null;

  @Field(() => String, { nullable: true, description: 'A word that goes with the signature; at most 2,000 characters.' })
  readonly note?: string | null;
}

@InputType('RejectContractInput', { description: 'A proposal that is turned down, or taken back.' })
export class RejectContractInput {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the contract.' })
  readonly contractId!: string;

  @Field(() => Int, { description: 'Number of the version; one that both have signed stands.' })
  readonly version!: number;

  @Field(() => String, { nullable: true, description: 'Why, for the record; at most 2,000 characters.' })
  readonly note?: string | null;
}

@InputType('SuspendContractInput', { description: 'The contract that is suspended.' })
export class SuspendContractInput {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the contract.' })
  readonly contractId!: string;

  @Field(() => String, { nullable: true, description: 'Why, for the record; at most 2,000 characters.' })
  readonly reason?: string | null;
}

@InputType('ResumeContractInput', { description: 'The contract that goes on.' })
export class ResumeContractInput {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the contract.' })
  readonly contractId!: string;

  @Field(() => String, { nullable: true, description: 'Why, for the record; at most 2,000 characters.' })
  readonly reason?: string | null;
}

@InputType('GiveContractNoticeInput', { description: 'Notice to end a contract.' })
export class GiveContractNoticeInput {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the contract.' })
  readonly contractId!: string;

  @Field(() => String, { nullable: true, description: 'Why, for the record; at most 2,000 characters.' })
  readonly reason?: string | null;

  @Field(() => TerminationCauseEnum, {
    nullable: true,
    description: 'OPERATOR: one of the causes of the termination clause; the contract is suspended at once.',
  })
  readonly cause?: TerminationCause | null;
}

@InputType('AddContractNoteInput', { description: 'A word between operator and partner.' })
export class AddContractNoteInput {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the contract.' })
  readonly contractId!: string;

  @Field(() => String, { description: 'What is said, 1 to 2,000 characters.' })
  readonly note!: string;
}
