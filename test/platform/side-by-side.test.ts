import { Client } from 'pg';
import { merged, mergedLists, mergedWrites } from '../../src/platform/batching/merged.ts';
import { sideBySide } from '../../src/platform/batching/side-by-side.ts';
import { statementCounter, type Tx, transact } from '../../src/platform/database.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
  const owner = new Client({ connectionString: database.url });
  await owner.connect();
  await owner.query(
    'create table public.cells (id text primary key, content bigint not null); grant all on public.cells to pointsettia_app',
  );
  await owner.query("insert into public.cells select 'c' || n, 10 from generate_series(0, 49) as n");
  await owner.end();
});
afterAll(() => database.stop());

interface Cell {
  readonly id: string;
  readonly content: bigint;
}

const toOrder = async (tx: Tx, ids: readonly string[], what: string): Promise<bigint[]> => {
  const rows = await tx.rows<Cell>(`select id, content from public.cells where id = any($1::text[]) order by id ${what}`, [ids]);
  return ids.map((id) => rows.find((row) => row.id === id)?.content ?? -1n);
};
const read = mergedLists('READ', (tx: Tx, ids: readonly string[]) => toOrder(tx, ids, ''));
const lock = mergedLists(
  'WALLETS',
  (tx: Tx, ids: readonly string[]) => toOrder(tx, ids, 'for update'),
  (id) => id,
);
const lockLater = merged('ACCOUNTS', async (_: Tx, all: readonly undefined[]) => all.map(() => true));
const write = mergedWrites('STORE', (tx: Tx, cells: readonly Cell[]) => {
  tx.later('update public.cells c set content = n.content from unnest($1::text[], $2::bigint[]) as n (id, content) where c.id = n.id', [
    cells.map(({ id }) => id),
    cells.map(({ content }) => content),
  ]);
});

/** Takes something out of a cell where there is enough; answers what was in it. */
const take =
  (id: string, amount: bigint) =>
  async (tx: Tx): Promise<bigint> => {
    await read(tx, [id]);
    const [content = 0n] = await lock(tx, [id]);
    if (content >= amount) await write(tx, [{ id, content: content - amount }]);
    return content;
  };

const together = <T>(works: readonly ((tx: Tx) => Promise<T>)[]) => transact(database.db, (tx) => sideBySide(tx, works));

async function contentOf(id: string): Promise<bigint | undefined> {
  const [cell] = await database.db.rows<Cell>('select * from public.cells where id = $1', [id]);
  return cell?.content;
}

test('as many statements as for one do it for fifty, and each has its own answer', async () => {
  const count = async (many: number): Promise<number> => {
    const before = statementCounter.count;
    const answers = await together(Array.from({ length: many }, (_, n) => take(`c${n}`, BigInt(n % 3))));
    expect(answers).toEqual(Array.from({ length: many }, () => 10n));
    const statements = statementCounter.count - before;
    await database.db.rows('update public.cells set content = 10');
    return statements;
  };
  expect([await count(2), await count(50)]).toEqual([3, 3]);
});

test('of those that claim the same the first is done, and nobody overtakes who was postponed', async () => {
  const both = (tx: Tx) => lock(tx, ['c1', 'c2']);
  const answers = await together<unknown>([take('c1', 4n), take('c1', 5n), both, take('c2', 1n), take('c3', 1n)]);
  expect(answers).toEqual([10n, { waitsFor: 'c1' }, { waitsFor: 'c1' }, { waitsFor: 'c2' }, 10n]);
  expect([await contentOf('c1'), await contentOf('c2'), await contentOf('c3')]).toEqual([6n, 10n, 9n]);
});

test('who is through early, asks twice at the same time or asks nothing keeps nobody waiting', async () => {
  const answers = await together<unknown>([
    async () => 'nothing',
    async (tx) => (await tx.rows<{ n: number }>('select 1 as n')).length,
    (tx) => Promise.all([read(tx, ['c9']), read(tx, ['c8', 'c7']), read(tx, [])]),
    take('c9', 11n),
  ]);
  expect(answers).toEqual(['nothing', 1, [[10n], [10n, 10n], []], 10n]);
});

test('who asks for several phases at the same time is answered in their order, also when nobody else is left', async () => {
  const askAll = (content: bigint) => (tx: Tx) =>
    Promise.all([lockLater(tx, undefined), lock(tx, ['c9']), read(tx, ['c8']), write(tx, [{ id: 'c9', content }])]);
  const all = askAll(11n);
  const answer = [true, [10n], [10n], undefined];
  const before = statementCounter.count;
  expect(await together<unknown>([all, async () => 'nothing', (tx) => read(tx, ['c7']).then(() => askAll(12n)(tx))])).toEqual([
    answer,
    'nothing',
    { waitsFor: 'c9' },
  ]);
  // Who was postponed has changed nothing.
  expect(await contentOf('c9')).toBe(11n);
  expect(await together<unknown>([(tx) => read(tx, ['c7']), askAll(10n)])).toEqual([[10n], [true, [11n], [10n], undefined]]);
  // c7 and c8, c8 alone, and what two more phases are; c9; then c7 with c8, and the same two
  expect(statementCounter.count - before).toBe(8);
});

test('who asks for something and for what comes later at the same time is answered, also when all do', async () => {
  const both = (id: string) => (tx: Tx) => Promise.all([lock(tx, [id]), read(tx, [id]), lockLater(tx, undefined)]);
  expect(await together<unknown>([both('c9'), both('c8')])).toEqual([
    [[10n], [10n], true],
    [[10n], [10n], true],
  ]);
  expect(await together<unknown>([both('c9'), take('c8', 11n), both('c9')])).toEqual([[[10n], [10n], true], 10n, { waitsFor: 'c9' }]);
});

test('what is postponed while a part of it works on keeps nobody waiting, and that part is told so', async () => {
  let told: unknown;
  const slow = async (tx: Tx): Promise<void> => {
    await read(tx, ['c11']);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await read(tx, ['c12']).catch((error) => {
      told = error;
    });
  };
  const twice = (tx: Tx) => Promise.all([slow(tx), lock(tx, ['c10'])]);
  const later = async (tx: Tx): Promise<bigint[]> => {
    await lock(tx, ['c13']);
    await new Promise((resolve) => setTimeout(resolve, 60));
    return read(tx, ['c14']);
  };
  expect(await together<unknown>([take('c10', 1n), twice, later])).toEqual([10n, { waitsFor: 'c10' }, [10n]]);
  expect(told).toMatchObject({ waitsFor: 'c10' });
});

test('a fault of one is a fault of all, and nothing of any is done', async () => {
  const fails = async (tx: Tx): Promise<bigint> => {
    await read(tx, ['c5']);
    throw new Error('a fault');
  };
  await expect(together([take('c4', 1n), fails, take('c5', 1n)])).rejects.toThrow('a fault');
  // also one that the database finds, in what was asked for together
  await expect(together([take('c4', 1n), (tx) => read(tx, ['\0']).then(() => 0n), take('c5', 1n)])).rejects.toThrow(
    'invalid byte sequence',
  );
  const asksTwice = (tx: Tx) => Promise.all([read(tx, ['c5']), lock(tx, ['c5']).then(() => fails(tx))]);
  await expect(together<unknown>([asksTwice, take('c4', 1n)])).rejects.toThrow('a fault');
  expect([await contentOf('c4'), await contentOf('c5')]).toEqual([10n, 10n]);
});

test('who would take locks in another order than everybody is stopped', async () => {
  const backwards = async (tx: Tx): Promise<unknown> => {
    await lockLater(tx, undefined);
    return lock(tx, ['c6']);
  };
  await expect(together([backwards, take('c7', 1n)])).rejects.toThrow('WALLETS was asked for after ACCOUNTS');
  const twice = (tx: Tx) => lock(tx, ['c6']).then(() => lock(tx, ['c8']));
  await expect(together<unknown>([twice, take('c7', 1n)])).rejects.toThrow('WALLETS was asked for after WALLETS');
  expect(await contentOf('c7')).toBe(10n);
});
