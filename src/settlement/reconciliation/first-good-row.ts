import { done, invalid, type Outcome } from '../../kernel/refusal.ts';
import type { FileLine } from './read-row.rules.ts';

const MOST_BAD_AT_FIRST = 1_000;

/** Reads on until a row can be read, before anything is kept: a file of which nothing can be read is refused whole. The rows come all the same. */
export async function fromFirstGoodRow(blocks: AsyncIterable<readonly FileLine[]>): Promise<Outcome<AsyncIterable<readonly FileLine[]>>> {
  const iterator = blocks[Symbol.asyncIterator]();
  const read: FileLine[] = [];
  for (let block = await iterator.next(); block.done !== true; block = await iterator.next()) {
    read.push(...block.value);
    if (block.value.some(({ row }) => 'done' in row)) return done(followedBy(read, iterator));
    if (read.length >= MOST_BAD_AT_FIRST) break;
  }
  await iterator.return?.();
  const [first] = read;
  if (first === undefined || 'done' in first.row) return invalid('content', 'The file has no rows.');
  const { no, row } = first;
  return invalid('content', `None of the first ${read.length} rows can be read. Row ${no}: ${row.refused.message}.`);
}

async function* followedBy(read: readonly FileLine[], iterator: AsyncIterator<readonly FileLine[]>): AsyncGenerator<readonly FileLine[]> {
  yield read;
  for (let block = await iterator.next(); block.done !== true; block = await iterator.next()) yield block.value;
}
