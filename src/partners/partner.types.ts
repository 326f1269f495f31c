import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { toPublicId } from '../kernel/ids.ts';
import { NodeType } from '../platform/graphql/common.types.ts';
import { DateTime } from '../platform/graphql/scalars.ts';
import type { Location } from './location.ts';
import type { BankAccount, Partner, PartnerScore } from './partner.ts';
import type { PartnerKind } from './partner-kind.ts';
import { PartnerKindEnum } from './partner-kind.types.ts';
import type { PartnerRole } from './partner-role.ts';
import { PartnerRoleEnum } from './partner-role.types.ts';

const bankAccount = 'Where a party is paid.';

@ObjectType('BankAccount', { description: bankAccount })
@InputType('BankAccountInput', { description: bankAccount })
export class BankAccountType implements BankAccount {
  @Field(() => String, { description: 'Name of the account holder.' })
  readonly holder!: string;

  @Field(() => String, { description: 'International bank account number; spaces do not matter.' })
  readonly iban!: string;

  @Field(() => String, { nullable: true, description: 'Business identifier code of the bank (ISO 9362).' })
  readonly bic?: string;
}

const location = 'A place where members meet a partner.';

@ObjectType('PartnerLocation', { description: location })
@InputType('PartnerLocationInput', { description: location })
export class LocationType implements Location {
  @Field(() => String, {
    description: "The partner's own id of it, as in purchases and scope clauses: 1 to 200 characters, unique in the partner.",
  })
  readonly externalId!: string;

  @Field(() => String, { description: 'Name for people.' })
  readonly name!: string;

  @Field(() => String, { description: 'The city.' })
  readonly city!: string;

  @Field(() => String, { description: 'The country, two capitals of ISO 3166-1 such as CN.' })
  readonly country!: string;

  @Field(() => String, { nullable: true, description: 'Street and number.' })
  readonly address?: string;
}

@ObjectType()
@InputType()
abstract class ScoreTerms {
  @Field(() => Int, { description: "How well it fits the coalition's strategy: 1 to 5." })
  readonly strategicFit!: number;

  @Field(() => Int, { description: 'How well it completes what the other partners offer: 1 to 5.' })
  readonly complementarity!: number;

  @Field(() => Int, { description: 'How well its brand is regarded: 1 to 5.' })
  readonly brandReputation!: number;

  @Field(() => Int, { description: 'How well it can run its part: 1 to 5.' })
  readonly operatingAbility!: number;
}

@ObjectType('PartnerScore', { description: 'How the operator judges a partner. Below 12 of 20 its first contract needs approval.' })
export class PartnerScoreType extends ScoreTerms implements PartnerScore {
  @Field(() => Int, { description: 'The sum of the four: 4 to 20.' })
  readonly total!: number;

  @Field(() => String, { nullable: true, description: 'Why.' })
  readonly note!: string | undefined;

  @Field(() => DateTime, { description: 'When it was given.' })
  readonly at!: Date;
}

@ObjectType('Partner', {
  implements: NodeType,
  description:
    'A brand in the coalition. What it is and where, and its marks while they are licensed, are for everybody; the rest is for itself and the operator.',
})
export class PartnerType extends NodeType {
  readonly partner!: Partner;

  @Field(() => String, { description: 'Short name, unique in the program.' })
  readonly code!: string;

  @Field(() => String, { description: 'Name for people.' })
  readonly name!: string;

  @Field(() => [PartnerRoleEnum], { description: 'What it is in the coalition.' })
  readonly roles!: readonly PartnerRole[];

  @Field(() => PartnerKindEnum, { nullable: true, description: 'What kind of business it is.' })
  readonly kind?: PartnerKind | undefined;

  @Field(() => Int, {
    description: 'Counts the changes of its data from 1; `updatePartner` takes it to notice that somebody else was first.',
  })
  readonly revision!: number;
}

const shown = new WeakMap<Partner, PartnerType>();

/** The same object for as long as the configuration is the same: the rows of a list name few partners many times. */
export function toPartner(partner: Partner): PartnerType {
  let type = shown.get(partner);
  if (type === undefined) {
    const { code, name, roles, kind, revision } = partner;
    type = { partner, id: toPublicId('Partner', partner.id), code, name, roles, kind, revision };
    shown.set(partner, type);
  }
  return type;
}

@InputType('CreatePartnerInput', { description: 'A brand that joins the coalition.' })
export class CreatePartnerInput {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => String, { description: 'Short name: 1 to 32 capitals, digits and underscores, unique in the program.' })
  readonly code!: string;

  @Field(() => String, { description: 'Name for people.' })
  readonly name!: string;

  @Field(() => [PartnerRoleEnum], { description: 'What it is in the coalition.' })
  readonly roles!: readonly PartnerRole[];

  @Field(() => PartnerKindEnum, { nullable: true, description: 'What kind of business it is.' })
  readonly kind?: PartnerKind | null;

  @Field(() => String, {
    nullable: true,
    description: 'Line of business in its own words, such as COFFEE; exclusivity clauses go by it.',
  })
  readonly category?: string | null;

  @Field(() => [LocationType], { nullable: true, description: 'Where members meet it: at most 10,000 places.' })
  readonly locations?: readonly LocationType[] | null;

  @Field(() => BankAccountType, { nullable: true, description: 'Where it is paid.' })
  readonly bankAccount?: BankAccountType | null;
}

@InputType('UpdatePartnerInput', { description: 'What changes of a partner; what is left out stays.' })
export class UpdatePartnerInput {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => String, { description: 'Code of the partner.' })
  readonly code!: string;

  @Field(() => Int, {
    nullable: true,
    description: 'The revision that was read: another one now is REVISION_CONFLICT. Not compared when left out.',
  })
  readonly revision?: number | null;

  @Field(() => String, { nullable: true, description: 'Name for people.' })
  readonly name?: string | null;

  @Field(() => PartnerKindEnum, { nullable: true, description: 'What kind of business it is.' })
  readonly kind?: PartnerKind | null;

  @Field(() => String, {
    nullable: true,
    description: 'Line of business in its own words; one that another partner holds exclusively is CATEGORY_EXCLUSIVE.',
  })
  readonly category?: string | null;

  @Field(() => [LocationType], {
    nullable: true,
    description: 'All places where members meet it, at most 10,000; they replace those before.',
  })
  readonly locations?: readonly LocationType[] | null;

  @Field(() => BankAccountType, { nullable: true, description: 'Where it is paid.' })
  readonly bankAccount?: BankAccountType | null;
}

@InputType('ScorePartnerInput', { description: 'How the operator judges a partner.' })
export class ScorePartnerInput extends ScoreTerms {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => String, { description: 'Code of the partner.' })
  readonly partner!: string;

  @Field(() => String, { nullable: true, description: 'Why, for the record: at most 2,000 characters.' })
  readonly note?: string | null;
}
