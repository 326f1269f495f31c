import { type FieldDef, types as pgTypes } from 'pg';
import { toInstant } from './instants.ts';

const INT8 = 20;
const INT8_ARRAY = 1016;
const DATE = 1082;
const TIMESTAMPTZ = 1184;

type Parser = (text: string) => unknown;

function parserOf(oid: number): Parser {
  if (oid === INT8) return BigInt;
  if (oid === INT8_ARRAY) return (text) => (text === '{}' ? [] : text.slice(1, -1).split(',').map(toNumber));
  if (oid === TIMESTAMPTZ) return toInstant;
  if (oid === DATE) return (text) => text;
  return pgTypes.getTypeParser(oid, 'text');
}

const toNumber = (text: string): bigint | null => (text === 'NULL' ? null : BigInt(text));

/** The columns of an answer, with how to read each. */
export type Columns = readonly { readonly name: string; readonly parse: Parser }[];

export function columnsOf(fields: readonly FieldDef[]): Columns {
  return fields.map(({ name, dataTypeID }) => ({ name, parse: parserOf(dataTypeID) }));
}

export type Row = Record<string, unknown>;

export function rowOf(columns: Columns, values: readonly (string | null)[]): Row {
  const row: Row = {};
  for (let at = 0; at < columns.length; at += 1) {
    const { name, parse } = columns[at] as Columns[number];
    const value = values[at] ?? null;
    row[name] = value === null ? null : parse(value);
  }
  return row;
}
