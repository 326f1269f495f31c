import { Field, ID, ObjectType } from 'type-graphql';
import { type IdKind, toPublicId } from '../../kernel/ids.ts';
import type { Coalition } from '../../partners/coalition.ts';
import { NodeType } from '../../platform/graphql/common.types.ts';
import { BigIntString, DateTime, Points } from '../../platform/graphql/scalars.ts';
import { accountName } from './account-name.ts';
import { entryId, type LedgerEntry } from './ledger-entry.ts';

@ObjectType('LedgerEntry', { implements: NodeType, description: 'One signed leg of a posting on one account. It is never changed.' })
export class LedgerEntryType extends NodeType {
  @Field(() => String, { description: 'What happened, a permanent dotted code: accrual.confirmed, redemption.captured ...' })
  readonly posting!: string;

  @Field(() => String, { description: 'The account: its kind, whose it is and what it is in, such as PARTNER:AERO or WALLET:mem_...:APT.' })
  readonly account!: string;

  @Field(() => DateTime, { description: 'When it happened.' })
  readonly occurredAt!: Date;

  @Field(() => DateTime, { description: 'When it was recorded.' })
  readonly recordedAt!: Date;

  @Field(() => Points, { nullable: true, description: 'Change of the available points; null on a money account.' })
  readonly points?: bigint | undefined;

  @Field(() => BigIntString, { nullable: true, description: 'Change in micros of the settlement currency; null on an account of points.' })
  readonly micros?: bigint | undefined;

  @Field(() => ID, { nullable: true, description: 'Id of the accrual, redemption ... that it belongs to.' })
  readonly reference?: string | undefined;
}

const REFERENCE_KINDS: Readonly<Record<string, IdKind>> = { accrual: 'Accrual', redemption: 'Redemption', exchange: 'Exchange' };

export function toLedgerEntry(coalition: Coalition, entry: LedgerEntry): LedgerEntryType {
  const kind = REFERENCE_KINDS[entry.code.slice(0, entry.code.indexOf('.'))];
  return {
    id: toPublicId('LedgerEntry', entryId(entry)),
    posting: entry.code,
    account: accountName(coalition, { ...entry, kind: entry.accountKind }),
    occurredAt: entry.occurredAt,
    recordedAt: entry.recordedAt,
    points: entry.unit === 0 ? undefined : entry.available,
    micros: entry.unit === 0 ? entry.available : undefined,
    reference: kind && toPublicId(kind, entry.reference),
  };
}
