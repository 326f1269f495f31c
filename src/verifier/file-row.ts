import { type Canonical, canonicalJson } from '../kernel/canonical-json.ts';

/** A row that is no row of such a file. */
export class Malformed extends Error {
  readonly row: number;
  constructor(row: number, message: string) {
    super(message);
    this.row = row;
  }
}

type Texts = Readonly<Record<string, string>>;

/** A row of a file as it was read: its number, its fields, and the text that is hashed. */
export interface FileRow {
  readonly no: number;
  readonly kind: string;
  readonly text: string;
  readonly body: Readonly<Record<string, Canonical>>;
  readonly fields: Texts;
  readonly leaves: readonly string[];
}

/** The texts that rows of a kind have beside their body, and within it. */
const SHAPES: Readonly<Record<string, { readonly fields: readonly string[]; readonly body?: readonly string[] }>> = {
  cycle: { fields: ['mark', 'format', 'tells'], body: ['cycle', 'id', 'from', 'cutoff', 'currency', 'previous'] },
  statement: { fields: ['mark', 'hash'], body: ['statement', 'cycle', 'partner', 'net'] },
  line: { fields: ['mark'], body: ['no', 'type', 'key', 'description', 'exactMicros', 'minor'] },
  account: { fields: ['mark', 'entries', 'root'], body: ['account', 'name'] },
  entry: { fields: ['mark', 'body'] },
  behind: { fields: ['mark', 'body', 'line'] },
  end: { fields: ['hash'] },
};

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function isCanonical(value: unknown): value is Canonical {
  if (typeof value === 'string') return true;
  if (Array.isArray(value)) return value.every(isCanonical);
  return isObject(value) && Object.values(value).every(isCanonical);
}

/** Reads one line of a file. */
export function readRow(line: string, no: number): FileRow {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    throw new Malformed(no, 'it is not JSON');
  }
  if (!isObject(json) || typeof json.row !== 'string') throw new Malformed(no, 'it does not say what it is');
  const shape = Object.hasOwn(SHAPES, json.row) ? SHAPES[json.row] : undefined;
  if (shape === undefined) throw new Malformed(no, `there are no rows of the kind ${JSON.stringify(json.row)}`);
  const { body = {}, leaves = [] } = json;
  const missing = shape.fields.find((name) => typeof json[name] !== 'string');
  if (missing !== undefined) throw new Malformed(no, `it has no \`${missing}\``);
  if (!isCanonical(body)) throw new Malformed(no, 'its `body` has something that is no text');
  const inner = isObject(body) ? (body as Record<string, Canonical>) : {};
  const absent = shape.body?.find((name) => typeof inner[name] !== 'string');
  if (absent !== undefined) throw new Malformed(no, `its \`body\` has no \`${absent}\``);
  if (!Array.isArray(leaves) || !leaves.every((leaf) => typeof leaf === 'string')) throw new Malformed(no, 'its `leaves` are no hashes');
  const fields = Object.fromEntries(Object.entries(json).filter((field): field is [string, string] => typeof field[1] === 'string'));
  return { no, kind: json.row, text: typeof body === 'string' ? body : canonicalJson(body), body: inner, fields, leaves };
}

const ENTRY = [
  ...['word', 'account', 'version', 'posting', 'code', 'cycle', 'occurredAt', 'recordedAt', 'reference', 'partner'],
  ...['available', 'held', 'pending', 'availableAfter', 'heldAfter', 'pendingAfter'],
] as const;
type Field = (typeof ENTRY)[number];

/** An entry by the parts of its text. */
export type FileEntry = Readonly<Record<Exclude<Field, 'word' | 'code' | 'reference' | 'partner'>, bigint>> & { readonly code: string };

const WHOLE = /^-?\d{1,20}$/;
const TEXTS: ReadonlySet<string> = new Set(['word', 'code', 'reference', 'partner']);

/** The parts of an entry's text; undefined when it has not the form of one. */
export function readEntry(text: string): FileEntry | undefined {
  const parts = text.split(' ');
  if (parts.length !== ENTRY.length || parts[0] !== 'entry') return undefined;
  const pairs = ENTRY.map((name, at): [string, string] => [name, parts[at] ?? '']);
  if (!pairs.every(([name, part]) => TEXTS.has(name) || WHOLE.test(part))) return undefined;
  return Object.fromEntries(pairs.map(([name, part]) => [name, TEXTS.has(name) ? part : BigInt(part)])) as unknown as FileEntry;
}

/** The same of an entry on an account that is told in part: its text has no balances, which are the owner's alone. */
export const readPartlyTold = (text: string): FileEntry | undefined => readEntry(`${text} 0 0 0`);

/** Id of an entry, as the API shows it. */
export function idOfEntry({ account, version }: Pick<FileEntry, 'account' | 'version'>): string {
  return `ent_${account.toString(16).padStart(16, '0')}${version.toString(16).padStart(16, '0')}`;
}

/** A text that must be a whole number; undefined when it is none. */
export function wholeNumber(text: Canonical | undefined): bigint | undefined {
  return typeof text === 'string' && WHOLE.test(text) ? BigInt(text) : undefined;
}
