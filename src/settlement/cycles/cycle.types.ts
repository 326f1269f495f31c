import { Field, ObjectType } from 'type-graphql';
import { toPublicId } from '../../kernel/ids.ts';
import { NodeType } from '../../platform/graphql/common.types.ts';
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
}

export function toClearingCycle(cycle: Cycle): ClearingCycleType {
  return { cycle, id: toPublicId('ClearingCycle', cycle.id), status: cycle.status, from: cycle.startsAt, cutoff: cycle.cutoff };
}
