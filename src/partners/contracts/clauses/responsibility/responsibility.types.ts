import { Field, InputType, ObjectType } from 'type-graphql';
import { enumType } from '../../../../platform/graphql/enum.ts';

export const ResponsibilityTaskEnum = enumType('ResponsibilityTask', 'What a party answers for.', {
  ACCRUAL_ERROR: 'Points that are missing or wrong.',
  FULFILMENT: 'What was paid for with points and did not come as ordered.',
  CUSTOMER_SERVICE: 'Everything else that a member complains about.',
});

const description = "Who answers for a task about the partner's transactions; the partner itself where nobody is named.";

@ObjectType('ResponsibilityClause', { description })
@InputType('ResponsibilityClauseInput', { description })
export class ResponsibilityClauseType {
  @Field(() => ResponsibilityTaskEnum, { description: 'What is answered for. A version names each task once.' })
  readonly task!: keyof typeof ResponsibilityTaskEnum;

  @Field(() => String, { description: 'Who answers for it: code of a partner, or OPERATOR.' })
  readonly party!: string;
}
