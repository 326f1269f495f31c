import { Field, ID, ObjectType } from 'type-graphql';
import { toPublicId } from '../../kernel/ids.ts';
import { MoneyType } from '../../platform/graphql/common.types.ts';
import { DateTime } from '../../platform/graphql/scalars.ts';
import type { Adjustment } from './adjustment.ts';

@ObjectType('Adjustment', { description: 'A correction of what a closed cycle said: a line of the next statement.' })
export class AdjustmentType {
  readonly adjustment!: Adjustment;

  @Field(() => ID, { description: 'Opaque id.' })
  readonly id!: string;

  @Field(() => MoneyType, { description: 'What the partner receives by it.' })
  readonly amount!: MoneyType;

  @Field(() => String, { description: 'What it corrects, for people; the line of the next statement says the same.' })
  readonly description!: string;

  @Field(() => DateTime, { description: 'When it was posted.' })
  readonly recordedAt!: Date;
}

export function toAdjustment(adjustment: Adjustment, currency: string): AdjustmentType {
  const { id, minor, description, recordedAt } = adjustment;
  return { adjustment, id: toPublicId('Adjustment', id), amount: { minor, currency }, description, recordedAt };
}
