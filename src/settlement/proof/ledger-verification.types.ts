import { Field, ID, ObjectType } from 'type-graphql';
import { BigIntString } from '../../platform/graphql/scalars.ts';

@ObjectType('LedgerVerification', { description: 'What came out of deriving the history of an account again from its entries.' })
export class LedgerVerificationType {
  @Field(() => String, { description: 'The account, as entries name it.' })
  readonly account!: string;

  @Field(() => Boolean, {
    description: 'Whether versions, balances, postings, seals and the hashes of closed cycles all follow from its entries.',
  })
  readonly ok!: boolean;

  @Field(() => BigIntString, { description: 'How many entries were found in order, from the first.' })
  readonly checkedEntries!: bigint;

  @Field(() => ID, {
    nullable: true,
    description: 'Id of the first entry that is not as it was, or is missing; null where it is no single one.',
  })
  readonly brokenAt?: string | undefined;

  @Field(() => String, { nullable: true, description: 'What is wrong, for people; null when nothing is.' })
  readonly reason?: string | undefined;
}
