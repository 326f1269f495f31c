import { v7 } from 'uuid';

/** Prefix of every kind of public id. A public id is opaque: prefix, underscore, 32 hexadecimal digits. */
export const ID_PREFIX = {
  Program: 'prg',
  PointCurrency: 'cur',
  Partner: 'ptr',
  Contract: 'ctr',
  ContractVersion: 'ctv',
  EarnRule: 'rul',
  Member: 'mem',
  Accrual: 'acc',
  Redemption: 'red',
  Exchange: 'exc',
  ExchangeQuote: 'quo',
  PointBlock: 'blk',
  Sale: 'sal',
  Transfer: 'trf',
  Reward: 'rwd',
  Entitlement: 'etl',
  Claim: 'clm',
  Voucher: 'vch',
  Lot: 'lot',
  LedgerEntry: 'ent',
  ClearingCycle: 'cyc',
  Statement: 'stm',
  StatementLine: 'lin',
  SettlementInstruction: 'ins',
  Dispute: 'dsp',
  Adjustment: 'adj',
  BankEntry: 'bke',
  NettingPair: 'npr',
  Reconciliation: 'rec',
  ReconciliationBreak: 'brk',
  Activity: 'act',
} as const;

export type IdKind = keyof typeof ID_PREFIX;

const kindOfPrefix = new Map(Object.entries(ID_PREFIX).map(([kind, prefix]) => [prefix as string, kind as IdKind]));
const SHAPE = /^([a-z]{3})_([0-9a-f]{32})$/;

/** Names nothing: a malformed id is answered like an unknown one. */
export const NO_ID = '00000000-0000-0000-0000-000000000000';

const RANDOM_BYTES = 16;
/** Random bytes for many ids at a time: asking the system for them costs more than all the rest of an id. */
const drawn = new Uint8Array(RANDOM_BYTES * 256);
let used = drawn.length;
/** The instant of the last id, and its place among those of one millisecond. */
let [last, place] = [0, 0];

function draw(): Uint8Array {
  if (used === drawn.length) {
    crypto.getRandomValues(drawn);
    used = 0;
  }
  used += RANDOM_BYTES;
  return drawn.subarray(used - RANDOM_BYTES, used);
}

/** A new id whose order follows time (UUID version 7, RFC 9562), also within a millisecond. */
export function newId(): string {
  const random = draw();
  const now = Date.now();
  if (now > last) {
    last = now;
    // Begins at random in the lower half: there is room for all that one millisecond brings.
    place = (((random[6] ?? 0) << 16) | ((random[7] ?? 0) << 8) | (random[8] ?? 0)) << 6;
  } else place += 1;
  return v7({ msecs: last, seq: place, random });
}

/** 32 hexadecimal digits in the usual form, 8-4-4-4-12. */
export function toUuid(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The public form of a stored id. */
export function toPublicId(kind: IdKind, uuid: string): string {
  return `${ID_PREFIX[kind]}_${uuid.replaceAll('-', '')}`;
}

/** The stored form of a public id of any kind, or undefined when it has no such form. */
export function parsePublicId(id: string): { kind: IdKind; uuid: string } | undefined {
  const [, prefix, hex] = SHAPE.exec(id) ?? [];
  const kind = prefix === undefined ? undefined : kindOfPrefix.get(prefix);
  if (kind === undefined || hex === undefined) return undefined;
  return { kind, uuid: toUuid(hex) };
}

/** The stored form of a public id of one kind, or undefined. */
export function parseIdOf(kind: IdKind, id: string): string | undefined {
  const parsed = parsePublicId(id);
  return parsed?.kind === kind ? parsed.uuid : undefined;
}
