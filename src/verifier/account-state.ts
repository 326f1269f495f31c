import { CHUNK, merkleRoot } from '../kernel/merkle.ts';
import { type FileEntry, type FileRow, idOfEntry, wholeNumber } from './file-row.ts';

/** An account while its entries are read. */
export interface AccountState {
  readonly row: FileRow;
  readonly name: string;
  readonly account: bigint | undefined;
  count: number;
  chunk: bigint | undefined;
  hashes: Buffer[];
  readonly roots: Buffer[];
  last: FileEntry | undefined;
  /** The first place at which versions do not follow each other: as it may be, where an entry counts in another cycle. */
  gap: { readonly row: number; readonly version: bigint } | undefined;
}

type Broken = (row: number, what: string) => void;

export function newAccount(row: FileRow): AccountState {
  return {
    ...{ row, name: String(row.body.name), account: wholeNumber(row.body.account) },
    ...{ count: 0, chunk: undefined, hashes: [], roots: [], last: undefined, gap: undefined },
  };
}

/** Takes the next entry of an account and says what does not fit. */
export function takeEntry(
  state: AccountState,
  { no }: FileRow,
  leaf: Buffer,
  entry: FileEntry | undefined,
  cycle: FileRow,
  broken: Broken,
): void {
  state.count += 1;
  const chunk = entry === undefined ? state.chunk : (entry.version - 1n) / BigInt(CHUNK);
  if (chunk !== state.chunk && state.hashes.length > 0) {
    state.roots.push(merkleRoot(state.hashes));
    state.hashes = [];
  }
  state.chunk = chunk;
  state.hashes.push(leaf);
  if (entry === undefined) return;
  const name = `entry ${idOfEntry(entry)}`;
  const { last } = state;
  if (entry.account !== state.account) broken(no, `${name} is not of account ${state.name}`);
  if (!countsIn(entry, cycle)) broken(no, `${name} does not count in the cycle`);
  if (last !== undefined && entry.version <= last.version) broken(no, `${name} does not come behind the one before it`);
  if (last !== undefined && entry.version === last.version + 1n && !follows(last, entry))
    broken(no, `the balances of ${name} do not follow from those before it`);
  if (last !== undefined && entry.version > last.version + 1n) state.gap ??= { row: no, version: last.version + 1n };
  state.last = entry;
}

/** The root over the entries of an account, when all were taken. */
export function closeAccount(state: AccountState, broken: Broken): Buffer {
  const { row, name, count, gap } = state;
  const root = count === 0 ? Buffer.alloc(32) : merkleRoot([...state.roots, merkleRoot(state.hashes)]);
  if (String(count) !== row.fields.entries) {
    const where = gap === undefined ? '' : `; version ${gap.version} is missing before row ${gap.row}`;
    broken(row.no, `account ${name} has ${count} entries and not ${row.fields.entries}${where}`);
  }
  if (root.toString('hex') !== row.fields.root) broken(row.no, `the entries of account ${name} do not hash to its root`);
  return root;
}

function follows(last: FileEntry, entry: FileEntry): boolean {
  return (
    entry.availableAfter === last.availableAfter + entry.available &&
    entry.heldAfter === last.heldAfter + entry.held &&
    entry.pendingAfter === last.pendingAfter + entry.pending
  );
}

/** An entry counts in the cycle in which it was recorded; where that was closed as of an earlier instant, in the first that ends after it. */
function countsIn(entry: FileEntry, { body }: FileRow): boolean {
  const no = wholeNumber(body.cycle) ?? -1n;
  const [from, cutoff] = [Date.parse(String(body.from)), Date.parse(String(body.cutoff))].map((at) => BigInt(Number.isNaN(at) ? 0 : at));
  const { cycle, occurredAt } = entry;
  return occurredAt < (cutoff ?? 0n) && (cycle === no || (cycle < no && occurredAt >= (from ?? 0n)));
}
