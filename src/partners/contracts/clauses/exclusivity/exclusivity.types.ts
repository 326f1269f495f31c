import { Field, InputType, ObjectType } from 'type-graphql';

const description = 'The promise that no other partner of a category is taken into the coalition.';

@ObjectType('ExclusivityClause', { description })
@InputType('ExclusivityClauseInput', { description })
export class ExclusivityClauseType {
  @Field(() => String, {
    description: "The category, compared with the partners' own: 1 to 64 characters; capitals and surrounding spaces do not matter.",
  })
  readonly category!: string;
}
