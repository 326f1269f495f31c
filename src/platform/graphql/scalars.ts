import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { GraphQLJSONObject } from 'graphql-scalars';
import { DateTime as LuxonDateTime } from 'luxon';
import { isCurrencyCode } from '../../kernel/money.ts';

const INT8_MAX = 2n ** 63n - 1n;
const SAFE_MAX = 2n ** 53n - 1n;

function refuse(message: string): never {
  throw new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}

function toBigInt(value: unknown, max: bigint, name: string): bigint {
  const integer = typeof value === 'number' ? Number.isSafeInteger(value) : typeof value === 'string' && /^-?\d{1,19}$/.test(value);
  if (typeof value !== 'bigint' && !integer) refuse(`${name} must be a whole number, not ${JSON.stringify(value)}.`);
  const parsed = BigInt(value as string | number | bigint);
  if (parsed > max || parsed < -max) refuse(`${name} is out of range: at most ${max}.`);
  return parsed;
}

function literal(node: ValueNode, name: string, allowString: boolean): string {
  if (node.kind === Kind.INT || (allowString && node.kind === Kind.STRING)) return node.value;
  return refuse(`${name} must be a whole number.`);
}

/** Points as a JSON integer. */
export const Points = new GraphQLScalarType<bigint, number>({
  name: 'Points',
  description: 'A whole number of points, as a JSON integer between -(2^53 - 1) and 2^53 - 1.',
  serialize: (value) => {
    const number = typeof value === 'bigint' ? Number(value) : Number.NaN;
    return Number.isSafeInteger(number) ? number : Number(toBigInt(value, SAFE_MAX, 'Points'));
  },
  parseValue: (value) =>
    typeof value === 'number'
      ? toBigInt(value, SAFE_MAX, 'Points')
      : refuse(`Points must be a JSON integer, not ${JSON.stringify(value)}.`),
  parseLiteral: (node) => toBigInt(literal(node, 'Points', false), SAFE_MAX, 'Points'),
});

/** A 64-bit integer as a decimal string. */
export const BigIntString = new GraphQLScalarType<bigint, string>({
  name: 'BigInt',
  description: 'A 64-bit whole number, written as a decimal string; a JSON integer is accepted as input.',
  serialize: (value) => toBigInt(value, INT8_MAX, 'BigInt').toString(),
  parseValue: (value) => toBigInt(value, INT8_MAX, 'BigInt'),
  parseLiteral: (node) => toBigInt(literal(node, 'BigInt', true), INT8_MAX, 'BigInt'),
});

const RFC3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;
/** Of those, what the language itself reads as it is meant: days that their month has for certain, no leap second, whole milliseconds. */
const PLAIN =
  /^\d{4}-(?!02-29|02-30)(0[1-9]|1[0-2])-(0[1-9]|[12]\d|30)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,3})?(Z|[+-](0\d|1[0-4]):[0-5]\d)$/;
const EARLIEST = Date.UTC(1900, 0, 1);
const LATEST = Date.UTC(9000, 0, 1);

function toInstant(value: unknown): Date {
  if (typeof value !== 'string' || !RFC3339.test(value))
    refuse(`DateTime must be RFC 3339 with an offset, such as 2026-01-15T18:22:05+08:00, not ${JSON.stringify(value)}.`);
  const millis = PLAIN.test(value as string)
    ? Date.parse(value as string)
    : LuxonDateTime.fromISO((value as string).toUpperCase()).toMillis();
  // What is no instant is not a number.
  if (!(millis >= EARLIEST && millis <= LATEST)) refuse(`DateTime ${value} is not an instant between the years 1900 and 9000.`);
  return new Date(millis);
}

const DAY_MS = 86_400_000;
const digits = Array.from({ length: 1_000 }, (_, number) => String(number));
const [two, three] = [2, 3].map((length) => digits.map((text) => text.padStart(length, '0'))) as [string[], string[]];
/** The day of the last instant that was written. Those of one answer are mostly of few days. */
let written = { day: Number.NaN, text: '' };

/** As `toISOString` writes it. */
function toText(value: Date): string {
  const millis = value.getTime();
  const day = Math.floor(millis / DAY_MS);
  if (day !== written.day) written = { day, text: value.toISOString().slice(0, -'00:00:00.000Z'.length) };
  const [seconds, rest] = divided(millis - day * DAY_MS, 1_000);
  const [minutes, second] = divided(seconds, 60);
  const [hour, minute] = divided(minutes, 60);
  return `${written.text}${two[hour]}:${two[minute]}:${two[second]}.${three[rest]}Z`;
}

const divided = (number: number, by: number): [number, number] => [Math.floor(number / by), number % by];

/** An instant. */
export const DateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description: 'An instant, RFC 3339 with an offset: 2026-01-15T18:22:05+08:00. Answers are in UTC.',
  serialize: (value) => (value instanceof Date ? toText(value) : refuse('DateTime must be a date.')),
  parseValue: toInstant,
  parseLiteral: (node) => (node.kind === Kind.STRING ? toInstant(node.value) : refuse('DateTime must be a string.')),
});

const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/;

function toDay(value: unknown): string {
  if (typeof value !== 'string' || !ISO_DAY.test(value) || !LuxonDateTime.fromISO(value).isValid)
    refuse(`Date must be a day such as 2026-02-05, not ${JSON.stringify(value)}.`);
  return value as string;
}

/** A calendar day. */
export const CalendarDate = new GraphQLScalarType<string, string>({
  name: 'Date',
  description: "A calendar day in the program's time zone, written YYYY-MM-DD.",
  serialize: toDay,
  parseValue: toDay,
  parseLiteral: (node) => (node.kind === Kind.STRING ? toDay(node.value) : refuse('Date must be a string.')),
});

function toCurrency(value: unknown): string {
  if (typeof value !== 'string' || !isCurrencyCode(value))
    refuse(`CurrencyCode must be a code of ISO 4217 such as CNY, not ${JSON.stringify(value)}.`);
  return value as string;
}

/** A currency of ISO 4217. */
export const CurrencyCode = new GraphQLScalarType<string, string>({
  name: 'CurrencyCode',
  description: 'A currency code of ISO 4217, in capitals: CNY.',
  serialize: toCurrency,
  parseValue: toCurrency,
  parseLiteral: (node) => (node.kind === Kind.STRING ? toCurrency(node.value) : refuse('CurrencyCode must be a string.')),
});

export const JSONObject = GraphQLJSONObject;
