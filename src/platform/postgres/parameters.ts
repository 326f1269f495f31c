import { type BinaryType, toBinaryArray } from './binary-arrays.ts';

/** A value as PostgreSQL reads it: text, null, or bytes. For an array the type of its elements says whether it can go as bytes. */
export function toParameter(value: unknown, type?: BinaryType): string | Buffer | null {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'object') return String(value);
  if (Buffer.isBuffer(value)) return value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return (type === undefined ? undefined : toBinaryArray(type, value)) ?? toArray(value);
  return JSON.stringify(value);
}

function toArray(values: readonly unknown[]): string {
  let text = '';
  for (const value of values) text += text === '' ? toElement(value) : `,${toElement(value)}`;
  return `{${text}}`;
}

const SPECIAL = /["\\]/;

function toElement(value: unknown): string {
  if (typeof value === 'string') return SPECIAL.test(value) ? `"${value.replaceAll(/["\\]/g, '\\$&')}"` : `"${value}"`;
  if (value === null || value === undefined) return 'NULL';
  if (typeof value !== 'object') return String(value);
  if (Buffer.isBuffer(value)) return `"\\\\x${value.toString('hex')}"`;
  if (Array.isArray(value)) return toArray(value);
  return toElement(toParameter(value));
}
