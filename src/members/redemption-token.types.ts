import { Field, InputType, ObjectType } from 'type-graphql';
import { UserErrorType } from '../platform/graphql/common.types.ts';
import { DateTime } from '../platform/graphql/scalars.ts';

@InputType('CreateRedemptionTokenInput', { description: 'A member wants to pay at a till.' })
export class CreateRedemptionTokenInput {
  @Field(() => String, {
    description:
      'Names this attempt. The same key again makes no second token, and does not show the first one again: take a new key for a new one.',
  })
  readonly idempotencyKey!: string;
}

@ObjectType('RedemptionToken', { description: "What a member shows at a partner's till to pay there, once." })
export class RedemptionTokenType {
  @Field(() => String, {
    nullable: true,
    description: 'The token, for a QR code. It is shown once and kept nowhere: null in the answer to a repetition.',
  })
  readonly value?: string | undefined;

  @Field(() => DateTime, { description: 'Until when it can be used: a minute.' })
  readonly expiresAt!: Date;
}

@ObjectType('CreateRedemptionTokenPayload', { description: 'The token, or why there is none.' })
export class CreateRedemptionTokenPayload {
  @Field(() => RedemptionTokenType, { nullable: true, description: 'The token; null when it was refused.' })
  readonly token?: RedemptionTokenType | undefined;

  @Field(() => Boolean, { description: 'Whether this answers a repetition.' })
  readonly replayed!: boolean;

  @Field(() => [UserErrorType], { description: 'Why it was refused; empty when it was done.' })
  readonly userErrors!: readonly UserErrorType[];
}
