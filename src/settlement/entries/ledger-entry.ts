import type { PostingCode } from '../../ledger/posting.ts';

/** One leg of a posting. Its key is the account and the account's version. */
export interface LedgerEntry {
  readonly accountId: bigint;
  readonly version: bigint;
  readonly accountKind: string;
  readonly owner: string | null;
  /** 0 is money; any other number a point currency. */
  readonly unit: number;
  /** The point currency that a money account is about. */
  readonly topic: number | null;
  readonly code: PostingCode;
  readonly reference: string;
  readonly partnerId: string | null;
  readonly occurredAt: Date;
  readonly recordedAt: Date;
  readonly available: bigint;
  readonly held: bigint;
  readonly pending: bigint;
}

/** The account and version of an entry as the 32 digits of a stored id. */
export function entryId({ accountId, version }: Pick<LedgerEntry, 'accountId' | 'version'>): string {
  return accountId.toString(16).padStart(16, '0') + version.toString(16).padStart(16, '0');
}

const LARGEST = 2n ** 63n - 1n;

/** The key behind a stored id; undefined when no entry can have it. */
export function entryKey(id: string): { accountId: bigint; version: bigint } | undefined {
  const digits = id.replaceAll('-', '');
  const accountId = BigInt(`0x${digits.slice(0, 16)}`);
  const version = BigInt(`0x${digits.slice(16)}`);
  return accountId > LARGEST || version > LARGEST ? undefined : { accountId, version };
}
