import { hash } from 'node:crypto';
import { toUuid } from '../kernel/ids.ts';
import { type Outcome, refused } from '../kernel/refusal.ts';
import { mergedLists, mergedWrites } from './batching/merged.ts';
import type { Db, Tx } from './database.ts';

/** One mutation as its caller named it. The key is unique for principal and operation. */
export interface Attempt {
  readonly principal: string;
  readonly operation: string;
  readonly key: string;
  /** By which it is kept and found: 128 bits of the SHA-256 of principal, operation and key, each as JSON, with spaces between. */
  readonly id: string;
  readonly hash: Buffer;
}

/** What is kept of a mutation that was done, to answer its repetition with. */
export type Recorded = Readonly<Record<string, unknown>>;

/** JSON in which the fields of objects come in one order, and those that say nothing do not come at all. */
function canonical(value: unknown): string {
  if (typeof value === 'bigint') return `"${value}"`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (value instanceof Date) return `"${value.toISOString()}"`;
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const parts: string[] = [];
  for (const name of Object.keys(value).sort()) {
    const part = (value as Record<string, unknown>)[name];
    if (part !== undefined && part !== null && name !== 'idempotencyKey') parts.push(`${JSON.stringify(name)}:${canonical(part)}`);
  }
  return `{${parts.join(',')}}`;
}

/** SHA-256 of an input without its key: the same body in whatever order of fields has the same hash. */
export function hashOf(input: object): Buffer {
  return hash('sha256', canonical(input), 'buffer');
}

/** An attempt under a key, or under another name that it has. */
export function attemptUnder(key: string, { principal, operation, hash: body }: Omit<Attempt, 'key' | 'id'>): Attempt {
  const names = [principal, operation, key].map((name) => JSON.stringify(name)).join(' ');
  return { principal, operation, key, id: toUuid(hash('sha256', names, 'hex').slice(0, 32)), hash: body };
}

export function attemptOf(principal: string, operation: string, input: { readonly idempotencyKey: string }): Attempt {
  return attemptUnder(input.idempotencyKey, { principal, operation, hash: hashOf(input) });
}

const KEY = /^[\x21-\x7e]{1,200}$/;

/** A key that can be kept: 1 to 200 printable ASCII characters without spaces. */
export function checkKey(key: string): Outcome<string> {
  return KEY.test(key)
    ? { done: key }
    : refused('VALIDATION', 'An idempotency key is 1 to 200 printable ASCII characters without spaces.', { field: ['idempotencyKey'] });
}

export const conflict = (field = 'idempotencyKey') =>
  refused(
    'IDEMPOTENCY_CONFLICT',
    `This ${field === 'idempotencyKey' ? 'idempotency key' : 'external id'} was used before with another body.`,
    { field: [field] },
  );

const claimOf = ({ id }: Attempt): string => `key ${id}`;

/** For each attempt: what was recorded under its key, or a conflict, or undefined when the key is new. */
export const findRecorded = mergedLists('KEYS', findAll, claimOf);

/** The same for another name of what is attempted, which is looked for once the key is known to be new. */
export const findNamed = mergedLists('READ', findAll, claimOf);

async function findAll(db: Db, attempts: readonly Attempt[]): Promise<(Outcome<Recorded> | undefined)[]> {
  const rows = await db.rows<{ n: bigint; request_hash: Buffer; outcome: Recorded }>(
    `select a.n, k.request_hash, k.outcome
     from unnest($1::uuid[]) with ordinality as a (id, n) join platform.idempotency_keys k using (id)`,
    [attempts.map(({ id }) => id)],
  );
  const found: (Outcome<Recorded> | undefined)[] = attempts.map(() => undefined);
  for (const row of rows) {
    const at = Number(row.n) - 1;
    found[at] = attempts[at]?.hash.equals(row.request_hash) ? { done: row.outcome } : conflict();
  }
  return found;
}

/** An attempt that was done, with what its repetition is answered with. */
export type Done = Attempt & { readonly outcome: Recorded };

/** Keeps the outcomes of attempts that were done, at the latest with the commit. When another transaction was first with a key, everything starts over. */
export const record = mergedWrites('RECORD', (tx: Tx, done: readonly Done[]): void => {
  // In one order, as another process may have the same ones.
  const inOrder = done.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  tx.later(insertKeys(`select * from unnest(${keyArrays(1)})`), keyColumns(inOrder));
});

/**
 * What keeps outcomes, for a statement that does more besides: of a query for what is kept, in the order of `keyColumns`. A key that is there by
 * now violates `an_idempotency_key_is_used_once`: to look for it once more before each is inserted would cost more than starting over now and then.
 */
export const insertKeys = (query: string): string => `insert into platform.idempotency_keys (id, request_hash, outcome) ${query}`;

const KEY_TYPES = ['uuid', 'bytea', 'jsonb'];
/** How many parameters `keyColumns` are. */
export const KEY_PARAMETERS = KEY_TYPES.length;

/** The parameters that hold `keyColumns`, from this number on. */
export const keyArrays = (first: number): string => KEY_TYPES.map((type, at) => `$${first + at}::${type}[]`).join(', ');

export function keyColumns(done: readonly Done[]): unknown[] {
  return [done.map((d) => d.id), done.map((d) => d.hash), done.map((d) => JSON.stringify(d.outcome))];
}

/** What was done, and what is kept of it under its key and under other names that it has. */
interface Worked<T> {
  readonly value: T;
  readonly record: Recorded;
  readonly names?: readonly Attempt[];
}

/** Runs one idempotent use case: answers a repetition from what was recorded, else does it and records it. */
export async function once<T>(
  tx: Tx,
  attempt: Attempt,
  replay: (recorded: Recorded) => Promise<T>,
  work: () => Promise<Outcome<Worked<T>>>,
): Promise<Outcome<{ value: T; replayed: boolean }>> {
  const key = checkKey(attempt.key);
  if ('refused' in key) return key;
  const [found] = await findRecorded(tx, [attempt]);
  if (found !== undefined) return 'refused' in found ? found : { done: { value: await replay(found.done), replayed: true } };
  const outcome = await work();
  if ('refused' in outcome) return outcome;
  const { value, record: kept, names = [] } = outcome.done;
  await record(
    tx,
    [attempt, ...names].map((one) => ({ ...one, outcome: kept })),
  );
  return { done: { value, replayed: false } };
}
