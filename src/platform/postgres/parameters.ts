/** A value as PostgreSQL reads it: text, null, or bytes. */
export function toParameter(value: unknown): string | Buffer | null {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'object') return String(value);
  if (Buffer.isBuffer(value)) return value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return toArray(value);
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
