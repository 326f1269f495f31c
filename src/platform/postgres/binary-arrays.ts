/** Types of elements that arrays are sent of in PostgreSQL's own form, which it reads several times as fast as text. */
export type BinaryType = keyof typeof FORMATS;

/** How one element is written; false when it is none of the type as far as can be told, and PostgreSQL is to judge it. */
type Write = (to: DataView, at: number, value: unknown) => boolean;

interface Format {
  /** The number by which PostgreSQL knows the type. */
  readonly oid: number;
  readonly bytes: number;
  readonly write: Write;
}

const FORMATS = {
  smallint: { oid: 21, bytes: 2, write: writeSmallint },
  integer: { oid: 23, bytes: 4, write: writeInteger },
  bigint: { oid: 20, bytes: 8, write: writeBigint },
  timestamptz: { oid: 1184, bytes: 8, write: writeInstant },
  uuid: { oid: 2950, bytes: 16, write: writeUuid },
} as const satisfies Record<string, Format>;

export const isBinaryType = (name: string): name is BinaryType => Object.hasOwn(FORMATS, name);

/** Dimensions, whether there are nulls, the type, and the length and lower bound of the one dimension. */
const HEAD_BYTES = 20;
const EMPTY_HEAD_BYTES = 12;

/** An array as PostgreSQL's `array_recv` reads it; undefined when it holds what only text can say. */
export function toBinaryArray(type: BinaryType, values: readonly unknown[]): Buffer | undefined {
  const { oid, bytes, write } = FORMATS[type];
  const buffer = Buffer.allocUnsafe(HEAD_BYTES + values.length * (4 + bytes));
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
  let at = HEAD_BYTES;
  let nulls = 0;
  for (const value of values) {
    if (value === null || value === undefined) {
      view.setInt32(at, -1);
      nulls += 1;
      at += 4;
      continue;
    }
    view.setInt32(at, bytes);
    if (!write(view, at + 4, value)) return undefined;
    at += 4 + bytes;
  }
  view.setInt32(0, values.length === 0 ? 0 : 1);
  view.setInt32(4, nulls === 0 ? 0 : 1);
  view.setInt32(8, oid);
  view.setInt32(12, values.length);
  view.setInt32(16, 1);
  return buffer.subarray(0, values.length === 0 ? EMPTY_HEAD_BYTES : at);
}

function writeSmallint(to: DataView, at: number, value: unknown): boolean {
  if (typeof value !== 'number' || (value << 16) >> 16 !== value) return false;
  to.setInt16(at, value);
  return true;
}

function writeInteger(to: DataView, at: number, value: unknown): boolean {
  if (typeof value !== 'number' || (value | 0) !== value) return false;
  to.setInt32(at, value);
  return true;
}

const MOST = 2n ** 63n - 1n;

function writeBigint(to: DataView, at: number, value: unknown): boolean {
  if (typeof value !== 'bigint') return writeSafeInteger(to, at, value);
  if (value > MOST || value < -MOST) return false;
  to.setBigInt64(at, value);
  return true;
}

/** Milliseconds from 1970 to 2000, from where PostgreSQL counts. */
const EPOCH = 946_684_800_000;

/** Microseconds, in whole milliseconds. */
function writeInstant(to: DataView, at: number, value: unknown): boolean {
  return value instanceof Date && writeSafeInteger(to, at, (value.getTime() - EPOCH) * 1_000);
}

function writeSafeInteger(to: DataView, at: number, value: unknown): boolean {
  if (!Number.isSafeInteger(value)) return false;
  to.setInt32(at, Math.floor((value as number) / 2 ** 32));
  to.setInt32(at + 4, value as number);
  return true;
}

const NO_DIGIT = 0xff;
const DIGITS = new Uint8Array(256).fill(NO_DIGIT);
for (const [digit, names] of ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'aA', 'bB', 'cC', 'dD', 'eE', 'fF'].entries()) {
  for (const name of names) DIGITS[name.charCodeAt(0)] = digit;
}
const UUID_LENGTH = 36;
const DASH = '-'.charCodeAt(0);
const digitAt = (text: string, at: number): number => DIGITS[text.charCodeAt(at)] ?? NO_DIGIT;

/** Only in the usual form, 8-4-4-4-12. */
function writeUuid(to: DataView, start: number, value: unknown): boolean {
  if (typeof value !== 'string' || value.length !== UUID_LENGTH) return false;
  let at = start;
  for (let place = 0; place < UUID_LENGTH; place += 2) {
    if (place === 8 || place === 13 || place === 18 || place === 23) {
      if (value.charCodeAt(place) !== DASH) return false;
      place += 1;
    }
    const [high, low] = [digitAt(value, place), digitAt(value, place + 1)];
    if (high === NO_DIGIT || low === NO_DIGIT) return false;
    to.setUint8(at, (high << 4) | low);
    at += 1;
  }
  return true;
}
