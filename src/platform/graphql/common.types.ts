import 'reflect-metadata';
import { Field, ID, InputType, InterfaceType, ObjectType, registerEnumType } from 'type-graphql';
import { parsePublicId } from '../../kernel/ids.ts';
import type { Amount } from '../../kernel/money.ts';
import { ERROR_CODES, type ErrorCode, type Refusal } from '../../kernel/refusal.ts';
import { BigIntString, CurrencyCode, JSONObject } from './scalars.ts';

const codes = Object.fromEntries(Object.keys(ERROR_CODES).map((code) => [code, code])) as { [Code in ErrorCode]: Code };

registerEnumType(codes, {
  name: 'ErrorCode',
  description: 'Why the system said no. Each value names a refusal after which nothing was changed.',
  valuesConfig: Object.fromEntries(Object.entries(ERROR_CODES).map(([code, description]) => [code, { description }])),
});

@InterfaceType('Node', {
  description: 'Anything that can be read again by its id.',
  autoRegisterImplementations: true,
  resolveType: ({ id }: { readonly id: string }) => parsePublicId(id)?.kind,
})
export abstract class NodeType {
  @Field(() => ID, { description: 'Opaque id, unique over all types; its prefix names the type.' })
  readonly id!: string;
}

@ObjectType('Money', { description: 'An amount of money in minor units.' })
export class MoneyType {
  @Field(() => BigIntString, { description: 'The amount in minor units (fen, cents).' })
  readonly minor!: bigint;

  @Field(() => CurrencyCode, { description: 'The currency.' })
  readonly currency!: string;
}

@InputType('MoneyInput', { description: 'An amount of money in minor units.' })
export class MoneyInput implements Amount {
  @Field(() => BigIntString, { description: 'The amount in minor units (fen, cents).' })
  readonly minor!: bigint;

  @Field(() => CurrencyCode, { description: "The currency: the program's settlement currency." })
  readonly currency!: string;
}

@ObjectType('UserError', {
  description: 'A business refusal: nothing was changed. GraphQL errors are left for authentication, malformed documents and faults.',
})
export class UserErrorType {
  @Field(() => codes, { description: 'Why.' })
  readonly code!: ErrorCode;

  @Field(() => [String], { nullable: true, description: 'Path of the input field at fault, starting with `input`.' })
  readonly field?: readonly string[] | undefined;

  @Field(() => String, { description: 'What is wrong and what to do, for a person.' })
  readonly message!: string;

  @Field(() => JSONObject, { nullable: true, description: 'Facts for a program, such as `remaining`.' })
  readonly details?: Record<string, unknown> | undefined;
}

@ObjectType('PageInfo', { description: "Where a page stands in its list, as Relay's connection specification says." })
export class PageInfoType {
  @Field(() => Boolean, { description: 'Whether rows follow this page.' })
  readonly hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether rows precede this page.' })
  readonly hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first row.' })
  readonly startCursor?: string | undefined;

  @Field(() => String, { nullable: true, description: 'Cursor of the last row.' })
  readonly endCursor?: string | undefined;
}

/** A refusal as the schema says it; input fields are reported below `input`. */
export function toUserError(refusal: Refusal, root: readonly string[] = ['input']): UserErrorType {
  return { code: refusal.code, message: refusal.message, field: refusal.field && [...root, ...refusal.field], details: refusal.details };
}
