import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { LRUCache } from 'lru-cache';
import { DateTime } from 'luxon';
import { currencyDigits } from '../../kernel/money.ts';
import { invalid, type Outcome } from '../../kernel/refusal.ts';
import { LONGEST_LINE, linesOf } from './text-lines.ts';

export const COLUMNS = ['member', 'date', 'quantity', 'amount'] as const;
export type Column = (typeof COLUMNS)[number] | '-';

export const DELIMITERS = ['whitespace', ',', ';', 'tab'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/** One purchase as a line of a file says it. */
export interface PurchaseLine {
  /** A name for what the line says: two lines with the same content are two purchases. */
  readonly content: string;
  readonly member: string;
  readonly occurredAt: Date;
  readonly amountMinor: bigint;
}

/** A line of the file with its number, or why it cannot be read. */
export interface Line {
  readonly no: number;
  readonly purchase: Outcome<PurchaseLine>;
}

/** What a file's lines are read by. */
export interface Format {
  readonly columns: readonly Column[];
  readonly delimiter: Delimiter;
  readonly timeZone: string;
  readonly currency: string;
}

/** The purchases of a text, in blocks as it is read. Blank lines are left out. */
export async function* readPurchases(text: AsyncIterable<string>, format: Format): AsyncGenerator<Line[]> {
  const read = purchaseReader(format);
  let no = 0;
  for await (const lines of linesOf(text)) {
    const purchases: Line[] = [];
    for (const line of lines) {
      no += 1;
      const purchase = read(line);
      if (purchase !== undefined) purchases.push({ no, purchase });
    }
    yield purchases;
  }
}

/** Reads one line after the other; undefined for a blank one. */
export function purchaseReader({ columns, delimiter, timeZone, currency }: Format): (line: string) => Outcome<PurchaseLine> | undefined {
  const instantOf = instantReader(timeZone);
  const [memberAt, dateAt, quantityAt, amountAt] = COLUMNS.map((column) => columns.indexOf(column));
  return (line) => {
    if (line.length >= LONGEST_LINE) return invalid('line', `it has ${LONGEST_LINE} characters or more`);
    const fields = fieldsOf(line, delimiter);
    if (fields === undefined) return invalid('line', 'it has a quote that is not closed, or text after a closed one');
    if (fields.every((field) => field === '')) return undefined;
    if (fields.length !== columns.length) return invalid('line', `it has ${fields.length} fields, not ${columns.length}`);
    if (fields.some((field) => /\p{Cc}/u.test(field))) return invalid('line', 'it has control characters');
    const field = (at: number | undefined) => fields[at ?? -1] ?? '';

    const member = field(memberAt);
    if (member === '' || member.length > 200) return invalid('member', 'the member is missing or has more than 200 characters');
    const date = field(dateAt);
    const occurredAt = instantOf(date);
    if (occurredAt === undefined) return invalid('date', `"${date}" is not a day such as 19970131 or 1997-01-31`);
    const quantity = field(quantityAt);
    if (columns.includes('quantity') && !/^\d{1,9}$/.test(quantity)) return invalid('quantity', `"${quantity}" is not a whole number`);
    const amount = field(amountAt);
    const amountMinor = minorOf(amount, currency);
    if (amountMinor === undefined)
      return invalid('amount', `"${amount}" is not an amount of ${currency} with up to ${currencyDigits(currency)} decimals`);
    return { done: { content: contentOf(fields), member, occurredAt, amountMinor } };
  };
}

/** The fields of a line, trimmed. Runs of blanks separate as one. Each line stands for itself: a stray quote spoils no other. */
function fieldsOf(line: string, delimiter: Delimiter): readonly string[] | undefined {
  if (delimiter === 'whitespace') return line.split(/[ \t]+/).filter((field) => field !== '');
  const character = delimiter === 'tab' ? '\t' : delimiter;
  if (!line.includes('"')) return line.split(character).map((field) => field.trim());
  try {
    const [fields = []] = parse(line, { delimiter: character, record_delimiter: '\n', relax_quotes: true, trim: true });
    return fields;
  } catch {
    return undefined;
  }
}

/** A readable name, or a digest where it would be long or two lines could share it. */
function contentOf(fields: readonly string[]): string {
  const readable = fields.join(' ');
  const isOwn = readable.length <= 180 && !fields.some((field) => /\s/u.test(field));
  return isOwn ? readable : createHash('sha256').update(JSON.stringify(fields)).digest('hex');
}

/** The external id of the n-th line with this content: the same file read again gives the same ids. */
export function externalIdOf(content: string, occurrence: number): string {
  return `${content} #${occurrence}`;
}

const AMOUNT = /^(\d{1,12})(?:\.(\d{1,6}))?$/;

/** A decimal amount as minor units; more digits than the currency has are allowed only when they are zeros. */
function minorOf(text: string, currency: string): bigint | undefined {
  const [, units, decimals = ''] = AMOUNT.exec(text) ?? [];
  const digits = currencyDigits(currency);
  if (units === undefined || /[^0]/.test(decimals.slice(digits))) return undefined;
  return BigInt(units + decimals.slice(0, digits).padEnd(digits, '0'));
}

const DAY = /^(?:19|2\d)\d{2}(?:\d{4}|-\d{2}-\d{2})$/;
const INSTANT = /^(?:19|2\d)\d{2}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** Reads a day (YYYYMMDD or YYYY-MM-DD, its first instant in the time zone) or an instant with offset. Files repeat their days, so those are kept. */
function instantReader(timeZone: string): (text: string) => Date | undefined {
  const days = new LRUCache<string, Date>({ max: 5_000 });
  return (text) => {
    const known = days.get(text);
    if (known !== undefined) return known;
    const isDay = DAY.test(text);
    if (!isDay && !INSTANT.test(text)) return undefined;
    const parsed = DateTime.fromISO(text, { zone: timeZone });
    if (!parsed.isValid) return undefined;
    const instant = parsed.toJSDate();
    if (isDay) days.set(text, instant);
    return instant;
  };
}
