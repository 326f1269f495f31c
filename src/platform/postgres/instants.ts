import { types as pgTypes } from 'pg';

const TIMESTAMPTZ = 1184;
const slow = pgTypes.getTypeParser(TIMESTAMPTZ, 'text') as (text: string) => Date;

/** An instant as the server writes it where sessions are in UTC, such as `2026-01-15 12:00:00.123+00`; what looks different goes the long way. */
const PLAIN = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,3})?\+00$/;

export function toInstant(text: string): Date {
  if (!PLAIN.test(text)) return slow(text);
  return new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`);
}
