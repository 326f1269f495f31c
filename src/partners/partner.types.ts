import { Field, InputType, ObjectType } from 'type-graphql';
import { toPublicId } from '../kernel/ids.ts';
import { NodeType } from '../platform/graphql/common.types.ts';
import type { BankAccount, Partner } from './partner.ts';
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

@ObjectType('Partner', {
  implements: NodeType,
  description: 'A brand in the coalition. Its code, name and roles are for everybody, the rest for itself and the operator.',
})
export class PartnerType extends NodeType {
  readonly partner!: Partner;

  @Field(() => String, { description: 'Short name, unique in the program.' })
  readonly code!: string;

  @Field(() => String, { description: 'Name for people.' })
  readonly name!: string;

  @Field(() => [PartnerRoleEnum], { description: 'What it is in the coalition.' })
  readonly roles!: readonly PartnerRole[];
}

export function toPartner(partner: Partner): PartnerType {
  return { partner, id: toPublicId('Partner', partner.id), code: partner.code, name: partner.name, roles: partner.roles };
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

  @Field(() => String, { nullable: true, description: 'Line of business, such as AIRLINE.' })
  readonly category?: string | null;

  @Field(() => BankAccountType, { nullable: true, description: 'Where it is paid.' })
  readonly bankAccount?: BankAccountType | null;
}
