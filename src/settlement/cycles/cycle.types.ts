import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { toPublicId } from '../../kernel/ids.ts';
import { NodeType, UserErrorType } from '../../platform/graphql/common.types.ts';
import { enumType } from '../../platform/graphql/enum.ts';
import { DateTime } from '../../platform/graphql/scalars.ts';
import type { Cycle, CycleStatus } from './cycle.ts';

export const CycleStatusEnum = enumType<CycleStatus>('CycleStatus', 'Where a clearing cycle stands.', {
  OPEN: 'Takes postings. Exactly one cycle is open.',
  CLOSING: 'Takes no more postings and is being frozen.',
  CLOSED: 'Frozen: its figures never change again.',
  ADVISED: 'Its statements were issued.',
  RECONCILED: 'All statements were accepted, or their time for disputes passed.',
  SETTLED: 'All of its payments were made.',
});

@ObjectType('ClearingCycle', { implements: NodeType, description: 'An interval of time whose money is settled together.' })
export class ClearingCycleType extends NodeType {
  readonly cycle!: Cycle;

  @Field(() => CycleStatusEnum, { description: 'Where it stands.' })
  readonly status!: CycleStatus;

  @Field(() => DateTime, { description: 'Its first instant.' })
  readonly from!: Date;

  @Field(() => DateTime, { description: 'The first instant after it; of an open cycle, the planned one.' })
  readonly cutoff!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When it was closed; null while it is open.' })
  readonly closedAt?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When its statements were issued.' })
  readonly advisedAt?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was reconciled.' })
  readonly reconciledAt?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When the last of its payments was made.' })
  readonly settledAt?: Date | null;

  @Field(() => String, {
    nullable: true,
    description: 'SHA-256 over the statements and entries of the frozen cycle and the hash of the cycle before; null until it is closed.',
  })
  readonly batchHash?: string | null;
}

@InputType('CloseCycleInput', { description: 'When the open cycle ends.' })
export class CloseCycleInput {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => DateTime, {
    nullable: true,
    description: 'The first instant after the cycle; now when left out. What occurred at it or later counts in the next cycle.',
  })
  readonly cutoff?: Date | null;
}

@InputType('CycleRefInput', { description: 'A closed cycle.' })
export class CycleRefInput {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the cycle.' })
  readonly cycleId!: string;
}

@ObjectType('CloseCyclePayload', { description: 'What became of a step of a clearing cycle.' })
export class CloseCyclePayload {
  @Field(() => ClearingCycleType, { nullable: true, description: 'The cycle; null when the step was refused.' })
  readonly cycle?: ClearingCycleType | undefined;

  @Field(() => ClearingCycleType, { nullable: true, description: 'The cycle after it.' })
  readonly nextCycle?: ClearingCycleType | undefined;

  @Field(() => [UserErrorType], { description: 'Why it was refused; empty when it was done.' })
  readonly userErrors!: readonly UserErrorType[];
}

export function toClearingCycle(cycle: Cycle): ClearingCycleType {
  const { status, startsAt, cutoff, closedAt, advisedAt, reconciledAt, settledAt, batchHash } = cycle;
  const id = toPublicId('ClearingCycle', cycle.id);
  return { cycle, id, status, from: startsAt, cutoff, closedAt, advisedAt, reconciledAt, settledAt, batchHash };
}
