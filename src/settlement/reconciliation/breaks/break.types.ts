import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { toPublicId } from '../../../kernel/ids.ts';
import { dayOf, daysBetween } from '../../../kernel/instant.ts';
import type { Coalition } from '../../../partners/coalition.ts';
import { MoneyInput, MoneyType, NodeType, UserErrorType } from '../../../platform/graphql/common.types.ts';
import { connectionOf } from '../../../platform/graphql/connection.ts';
import { enumType } from '../../../platform/graphql/enum.ts';
import { BigIntString, CalendarDate, DateTime } from '../../../platform/graphql/scalars.ts';
import type { Result, RowKind } from '../reconciliation.ts';
import { ReconciliationResultEnum, ReconciliationRowKindEnum } from '../reconciliation-enums.types.ts';
import type { Break, BreakState, Resolution } from './break.ts';
import type { DecideResolution } from './decide-resolution.ts';

const KEY = 'Repeating the request with the same key changes nothing and gives the first answer.';

export const BreakStateEnum = enumType<BreakState>('ReconciliationBreakState', 'Where a break stands.', {
  OPEN: 'Nobody has proposed yet what is to be done.',
  PROPOSED: 'Something is proposed, and waits for another person to approve it.',
  RESOLVED: 'Another person than the proposer has approved it.',
  SUPERSEDED: 'A later file does not have it any more.',
});

const BreakResolutionEnum = enumType<Resolution>('BreakResolution', 'What is done about a break.', {
  ADJUST: 'Money moves: an adjustment is posted in the open cycle.',
  ACCEPT_OURS: 'What is stored here is right; the partner corrects its books.',
  ACCEPT_THEIRS: 'The file is right; what is stored here is corrected by an accrual, reversal or refund of its own.',
  NO_ACTION: 'It is left as it is.',
});

const BreakDecisionEnum = enumType<DecideResolution['decision']>('BreakDecision', 'What becomes of a proposal.', {
  APPROVE: 'It is done, by somebody else than its proposer.',
  REJECT: 'It is dropped, and the break is open again.',
});

@ObjectType('BreakSuggestion', { description: 'A row that may be the one that is missing. It is shown to people, and matches nothing.' })
export class BreakSuggestionType {
  @Field(() => Int, { description: 'Its number on its side.' })
  readonly rowNumber!: number;

  @Field(() => String, { description: 'Its key.' })
  readonly key!: string;

  @Field(() => CalendarDate, { description: 'Its day.' })
  readonly day!: string;

  @Field(() => BigIntString, { description: 'Its points, or minor units of a sale.' })
  readonly amount!: bigint;

  @Field(() => Int, { description: 'How much speaks for it, 50 to 100: a key that looks alike, the amount, the member, the day.' })
  readonly score!: number;
}

@ObjectType('ReconciliationBreak', {
  implements: NodeType,
  description: "One thing on which a partner's file and what is stored here do not agree: for the partner itself and the operator.",
})
export class BreakType extends NodeType {
  readonly found!: Break;

  @Field(() => ReconciliationResultEnum, { description: 'What does not agree.' })
  readonly result!: Result;

  @Field(() => ReconciliationRowKindEnum, { description: 'What the rows are.' })
  readonly kind!: RowKind;

  @Field(() => String, { description: "The partner's key." })
  readonly key!: string;

  @Field(() => Int, { nullable: true, description: 'Number of the row in the file; null when it has none.' })
  readonly theirRowNumber?: number | null;

  @Field(() => CalendarDate, { nullable: true, description: 'Day in the file.' })
  readonly theirDay?: string | null;

  @Field(() => BigIntString, { nullable: true, description: 'Points in the file, or minor units of a sale.' })
  readonly theirAmount?: bigint | null;

  @Field(() => CalendarDate, { nullable: true, description: 'Day here.' })
  readonly ourDay?: string | null;

  @Field(() => BigIntString, { nullable: true, description: 'Points here, or minor units of a sale.' })
  readonly ourAmount?: bigint | null;

  @Field(() => BigIntString, { description: 'Ours less theirs; what is missing counts as 0.' })
  readonly difference!: bigint;

  @Field(() => DateTime, { description: 'When it was found first; a later file that has it still does not make it younger.' })
  readonly openedAt!: Date;

  @Field(() => Int, { description: "Days since then, by the program's clock; for one that was resolved, until then." })
  readonly ageDays!: number;

  @Field(() => String, { nullable: true, description: 'Who looks after it.' })
  readonly owner?: string | null;

  @Field(() => BreakStateEnum, { description: 'Where it stands.' })
  readonly state!: BreakState;

  @Field(() => BreakResolutionEnum, { nullable: true, description: 'What is proposed, or was done.' })
  readonly resolution?: Resolution | null;

  @Field(() => MoneyType, { nullable: true, description: 'Of an adjustment: + the partner receives, - it pays.' })
  readonly adjustment?: MoneyType | undefined;

  @Field(() => String, { nullable: true, description: 'Why.' })
  readonly note?: string | null;

  @Field(() => String, { nullable: true, description: 'Who proposed it: code of the partner, or OPERATOR and the subject of the token.' })
  readonly proposedBy?: string | undefined;

  @Field(() => String, { nullable: true, description: 'Who approved it: never who proposed it.' })
  readonly decidedBy?: string | undefined;

  @Field(() => DateTime, { nullable: true, description: 'When it was approved.' })
  readonly decidedAt?: Date | null;
}

export const BreakConnection = connectionOf('ReconciliationBreak', () => BreakType);

export function toBreak(coalition: Coalition, found: Break, now: Date): BreakType {
  const { settlementCurrency, timeZone } = coalition.program;
  const { result, kind, key, theirDay, theirAmount, ourDay, ourAmount, openedAt, owner, state, resolution, note, decidedAt } = found;
  return {
    found,
    id: toPublicId('ReconciliationBreak', found.id),
    ...{ result, kind, key, theirDay, theirAmount, ourDay, ourAmount, openedAt, owner, state, resolution, note, decidedAt },
    theirRowNumber: found.theirNo,
    difference: (ourAmount ?? 0n) - (theirAmount ?? 0n),
    ageDays: daysBetween(dayOf(openedAt, timeZone), dayOf(decidedAt ?? now, timeZone)),
    adjustment: found.adjustmentMinor === null ? undefined : { minor: found.adjustmentMinor, currency: settlementCurrency },
    proposedBy: personName(coalition, found.proposedBy),
    decidedBy: personName(coalition, found.decidedBy),
  };
}

function personName(coalition: Coalition, person: string | null): string | undefined {
  if (person === null) return undefined;
  const [role, name = ''] = [person.slice(0, person.indexOf(':')), person.slice(person.indexOf(':') + 1)];
  return role === 'partner' ? coalition.partnerById(name).code : `OPERATOR ${name}`;
}

@InputType('AssignBreakInput', { description: 'Who looks after a break.' })
export class AssignBreakInput {
  @Field(() => String, { description: KEY })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the break.' })
  readonly breakId!: string;

  @Field(() => String, { nullable: true, description: 'A name of 1 to 200 characters; null for nobody.' })
  readonly owner?: string | null;
}

@InputType('ProposeBreakResolutionInput', { description: 'What is to be done about a break.' })
export class ProposeBreakResolutionInput {
  @Field(() => String, { description: KEY })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the break.' })
  readonly breakId!: string;

  @Field(() => BreakResolutionEnum, { description: 'What is to be done.' })
  readonly resolution!: Resolution;

  @Field(() => MoneyInput, { nullable: true, description: 'Of an adjustment: + the partner receives, - it pays.' })
  readonly amount?: MoneyInput | null;

  @Field(() => String, { description: 'Why, in 1 to 2,000 characters.' })
  readonly note!: string;
}

@InputType('DecideBreakResolutionInput', { description: 'The decision about a proposal.' })
export class DecideBreakResolutionInput {
  @Field(() => String, { description: KEY })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Id of the break.' })
  readonly breakId!: string;

  @Field(() => BreakDecisionEnum, { description: 'What becomes of it.' })
  readonly decision!: DecideResolution['decision'];
}

@ObjectType('BreakPayload', { description: 'What became of a change of a break.' })
export class BreakPayload {
  @Field(() => BreakType, { nullable: true, description: 'The break; null when the change was refused.' })
  readonly break?: BreakType | undefined;

  @Field(() => [UserErrorType], { description: 'Why it was refused; empty when it was done.' })
  readonly userErrors!: readonly UserErrorType[];
}
