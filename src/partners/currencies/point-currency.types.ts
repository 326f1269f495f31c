import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { toPublicId } from '../../kernel/ids.ts';
import { NodeType } from '../../platform/graphql/common.types.ts';
import type { PointCurrency } from './point-currency.ts';

const calendarExpiry = 'Points end on a day of the calendar.';

@ObjectType('CalendarExpiry', { description: calendarExpiry })
@InputType('CalendarExpiryInput', { description: calendarExpiry })
export class CalendarExpiryType {
  @Field(() => Int, { description: 'Month, 1 to 12.' })
  readonly month!: number;

  @Field(() => Int, { description: 'Day of the month; one that every year has. Points end at its first instant in program time.' })
  readonly day!: number;

  @Field(() => Int, { description: 'Calendar years after the one in which the points were earned; 0 = the same year.' })
  readonly yearsAfterEarning!: number;
}

const expiryPolicy = 'When points end. Exactly one field is given.';

@ObjectType('ExpiryPolicy', { description: expiryPolicy })
@InputType('ExpiryPolicyInput', { description: expiryPolicy })
export class ExpiryPolicyType {
  @Field(() => Boolean, { nullable: true, description: 'True: never.' })
  readonly never?: boolean | null;

  @Field(() => Int, { nullable: true, description: 'Months after they were earned.' })
  readonly rollingMonths?: number | null;

  @Field(() => CalendarExpiryType, { nullable: true, description: 'On a day of the calendar.' })
  readonly calendarYearEnd?: CalendarExpiryType | null;

  @Field(() => Int, { nullable: true, description: "Months after the member's last activity with this currency." })
  readonly slidingMonths?: number | null;
}

@ObjectType('PointCurrency', { implements: NodeType, description: 'A unit of points.' })
export class PointCurrencyType extends NodeType {
  readonly pointCurrency!: PointCurrency;

  @Field(() => String, { description: 'Short name, unique in the program.' })
  readonly code!: string;

  @Field(() => String, { description: 'Name for people.' })
  readonly name!: string;

  @Field(() => ExpiryPolicyType, { description: 'When its points end.' })
  readonly expiry!: ExpiryPolicyType;
}

const shown = new WeakMap<PointCurrency, PointCurrencyType>();

/** The same object for as long as the configuration is the same: the rows of a list name few currencies many times. */
export function toPointCurrency(pointCurrency: PointCurrency): PointCurrencyType {
  let type = shown.get(pointCurrency);
  if (type === undefined) {
    type = {
      pointCurrency,
      id: toPublicId('PointCurrency', pointCurrency.id),
      code: pointCurrency.code,
      name: pointCurrency.name,
      expiry: toExpiryPolicy(pointCurrency.expiry),
    };
    shown.set(pointCurrency, type);
  }
  return type;
}

function toExpiryPolicy(expiry: PointCurrency['expiry']): ExpiryPolicyType {
  switch (expiry.kind) {
    case 'NEVER':
      return { never: true };
    case 'ROLLING':
      return { rollingMonths: expiry.months };
    case 'SLIDING':
      return { slidingMonths: expiry.months };
    case 'CALENDAR':
      return { calendarYearEnd: { month: expiry.month, day: expiry.day, yearsAfterEarning: expiry.yearsAfterEarning } };
  }
}

@InputType('CreatePointCurrencyInput', { description: 'A new unit of points.' })
export class CreatePointCurrencyInput {
  @Field(() => String, { description: 'Repeating the request with the same key changes nothing and gives the first answer.' })
  readonly idempotencyKey!: string;

  @Field(() => String, { description: 'Short name: 1 to 32 capitals, digits and underscores, unique in the program.' })
  readonly code!: string;

  @Field(() => String, { description: 'Name for people.' })
  readonly name!: string;

  @Field(() => String, { nullable: true, description: 'Code of the partner whose points these are; of the coalition when left out.' })
  readonly issuer?: string | null;

  @Field(() => ExpiryPolicyType, { nullable: true, description: 'When its points end; never when left out.' })
  readonly expiry?: ExpiryPolicyType | null;
}
