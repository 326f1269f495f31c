import { Field, ID, Int, ObjectType } from 'type-graphql';
import { MoneyType } from '../../platform/graphql/common.types.ts';
import { connectionOf } from '../../platform/graphql/connection.ts';
import { DateTime } from '../../platform/graphql/scalars.ts';
import { LedgerEntryType } from '../entries/ledger-entry.types.ts';

export const LedgerEntryConnection = connectionOf('LedgerEntry', () => LedgerEntryType);

@ObjectType('SaleFigure', { description: 'A reported sale behind a revenue share. It does not tell who bought.' })
export class SaleFigureType {
  @Field(() => ID, { description: 'Id of the sale.' })
  readonly id!: string;

  @Field(() => DateTime, { description: 'When it happened.' })
  readonly occurredAt!: Date;

  @Field(() => MoneyType, { description: 'The whole sale.' })
  readonly gross!: MoneyType;

  @Field(() => MoneyType, { description: 'The sale without points tender, tax and refunds.' })
  readonly net!: MoneyType;
}

export const SaleFigureConnection = connectionOf('SaleFigure', () => SaleFigureType);

@ObjectType('LineTerms', { description: 'A version of a contract by which a line was computed.' })
export class LineTermsType {
  @Field(() => String, { description: 'Code of the partner whose contract it is.' })
  readonly partner!: string;

  @Field(() => Int, { description: 'Number of the version.' })
  readonly version!: number;

  @Field(() => DateTime, { description: 'From when on it was in force.' })
  readonly effectiveFrom!: Date;
}
