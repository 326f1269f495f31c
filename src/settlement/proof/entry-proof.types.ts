import { Field, ObjectType } from 'type-graphql';
import { enumType } from '../../platform/graphql/enum.ts';
import { ClearingCycleType } from '../cycles/cycle.types.ts';

const ProofSideEnum = enumType<'LEFT' | 'RIGHT'>('ProofSide', 'On which side a hash stands.', {
  LEFT: 'Before what it is hashed with.',
  RIGHT: 'Behind what it is hashed with.',
});

@ObjectType('EntryProofStep', { description: 'One step from an entry to the hash of its cycle.' })
export class EntryProofStepType {
  @Field(() => ProofSideEnum, { description: 'Where the hash stands.' })
  readonly side!: 'LEFT' | 'RIGHT';

  @Field(() => String, { description: 'What is hashed with what was reached so far: 64 hexadecimal digits.' })
  readonly hash!: string;
}

@ObjectType('EntryProof', { description: 'Proof that one entry is in a closed cycle, as docs/proof.md says.' })
export class EntryProofType {
  @Field(() => ClearingCycleType, { description: 'The cycle.' })
  readonly cycle!: ClearingCycleType;

  @Field(() => String, { description: 'The text of the entry that is hashed.' })
  readonly text!: string;

  @Field(() => [EntryProofStepType], { description: 'The way from its hash to that of the cycle.' })
  readonly path!: readonly EntryProofStepType[];

  @Field(() => String, { description: 'Where it leads: `batchHash` of the cycle.' })
  readonly root!: string;
}
