import { Field, ObjectType } from 'type-graphql';

@ObjectType('StatementFilePage', { description: 'Some lines of the file by which a statement is recomputed.' })
export class StatementFilePageType {
  @Field(() => [String], { description: 'Lines of JSON, in their order: written one after the other they are the file.' })
  readonly rows!: readonly string[];

  @Field(() => String, { nullable: true, description: 'Ask for what is behind it next; null when the file is complete.' })
  readonly next?: string | undefined;
}
