import fc from 'fast-check';
import { Client } from 'pg';
import { type Database, openDatabase, type Tx, transact } from '../../src/platform/database.ts';
import { readState } from '../../src/platform/state.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
/** One connection, so that what is prepared on it can be asked for. */
let db: Database;
let owner: Client;
beforeAll(async () => {
  database = await startTestDatabase();
  db = await openDatabase(database.url, { poolSize: 1 });
  owner = new Client({ connectionString: database.url });
  await owner.connect();
  await owner.query('create table public.things (id integer primary key, name text); grant all on public.things to pointsettia_app');
});
afterAll(async () => {
  await owner.end();
  await db.close();
  await database.stop();
});

async function times(count: number, work: (n: number) => Promise<unknown>): Promise<void> {
  for (let n = 0; n < count; n += 1) await work(n);
}

interface Prepared {
  statement: string;
  uses: bigint;
}

/** What the server keeps on the connection of a pool of one. */
function preparedOn(pool: Database): Promise<Prepared[]> {
  return pool.rows<Prepared>('select statement, generic_plans + custom_plans as uses from pg_prepared_statements');
}

test('a statement that comes again is kept by the server, one that comes once is not', async () => {
  await times(4, (n) => db.rows(`select ${n} as n`));
  await times(4, () => db.rows('select $1::integer as n', [1]));
  const texts = (await preparedOn(db)).map(({ statement }) => statement);
  expect(texts).toContain('select $1::integer as n');
  expect(texts).not.toContain('select 1 as n');
});

test('however many texts there are, the server keeps two hundred on a connection and forgets the rest', async () => {
  await times(250, (n) => times(3, () => db.rows(`select ${n} as many, $1::text as text`, ['x'])));
  const texts = (await preparedOn(db)).map(({ statement }) => statement);
  expect(texts).toHaveLength(200);
  expect(texts).toContain('select 249 as many, $1::text as text');
  // and one that was forgotten works as before
  expect(await db.rows('select 0 as many, $1::text as text', ['x'])).toEqual([{ many: 0, text: 'x' }]);
});

test('a kept statement outlives a change of its columns, alone and in a transaction', async () => {
  const text = 'select * from public.things where id = $1';
  await owner.query("insert into public.things values (1, 'one')");
  await times(5, () => db.rows(text, [1]));
  await owner.query('alter table public.things add column size bigint default 7');
  expect(await db.rows(text, [1])).toEqual([{ id: 1, name: 'one', size: 7n }]);
  await times(5, () => db.rows(text, [1]));
  await owner.query('alter table public.things drop column size');
  expect(await transact(db, (tx) => tx.rows(text, [1]))).toEqual([{ id: 1, name: 'one' }]);
  // and a first failure leaves nothing behind that would fail again
  await owner.query('alter table public.things rename to stuff');
  await times(5, () => expect(db.rows(text, [1])).rejects.toMatchObject({ code: '42P01' }));
  await owner.query('alter table public.stuff rename to things');
  expect(await db.rows(text, [1])).toEqual([{ id: 1, name: 'one' }]);
});

test('what is used often is planned anew as its tables grow', async () => {
  const text = 'select name from public.things where id = any($1::integer[])';
  await times(200, () => db.rows(text, [[1]]));
  const [kept] = (await preparedOn(db)).filter(({ statement }) => statement === text);
  expect(Number(kept?.uses)).toBeLessThan(100);
});

test('values arrive as they were sent, in arrays too', async () => {
  const texts = ['', 'NULL', 'a"b', 'back\\slash', '{x,y}', 'ü\n', "it's"];
  const at = new Date('2026-01-15T12:00:00.123Z');
  const [row] = await db.rows(
    `select $1::text[] as texts, $2::bigint[] as numbers, $3::bytea as bytes, $4::timestamptz as at, $5::jsonb as json, $6::boolean[] as flags,
       $7::bytea[] as many, $8::integer[] as grid, $9::jsonb[] as jsons, $10::text as nothing, $11::bigint as large`,
    [
      [...texts, null],
      [1n, null, -9_007_199_254_740_993n],
      Buffer.from([0, 255]),
      at,
      { a: ['"'] },
      [true, false],
      [Buffer.from([1, 92])],
      [
        [1, 2],
        [3, 4],
      ],
      [{ b: '\\' }],
      undefined,
      9_223_372_036_854_775_807n,
    ],
  );
  expect(row).toEqual({
    texts: [...texts, null],
    numbers: [1n, null, -9_007_199_254_740_993n],
    bytes: Buffer.from([0, 255]),
    at,
    json: { a: ['"'] },
    flags: [true, false],
    many: [Buffer.from([1, 92])],
    grid: [
      [1, 2],
      [3, 4],
    ],
    jsons: [{ b: '\\' }],
    nothing: null,
    large: 9_223_372_036_854_775_807n,
  });
  // and one that cannot be sent harms nobody
  await expect(db.rows('select $1::jsonb', [{ a: 1n }])).rejects.toThrow(TypeError);
  expect(await db.rows('select 1 as one')).toEqual([{ one: 1 }]);
  const unsendable = (work: (tx: Tx) => Promise<unknown>) => expect(transact(db, work)).rejects.toThrow(TypeError);
  await unsendable((tx) => tx.rows('select $1::jsonb', [{ a: 1n }]));
  await unsendable(async (tx) => tx.later('select $1::jsonb', [{ a: 1n }]));
  await unsendable((tx) => Promise.all([tx.rows('select 1'), tx.rows('select $1::jsonb', [{ a: 1n }])]));
  expect(await transact(db, (tx) => tx.rows('select 1 as one'))).toEqual([{ one: 1 }]);
});

const AS_BYTES =
  'select $1::uuid[] as uuids, $2::timestamptz[] as instants, $3::bigint[] as numbers, $4::integer[] as integers, $5::smallint[] as small';

test('arrays of ids, instants and numbers arrive as they were sent, whatever is in them', async () => {
  const [most, least] = [2n ** 63n - 1n, -(2n ** 63n)];
  const many = <Value>(of: Parameters<typeof fc.option<Value>>[0]) => fc.array(fc.option(of), { maxLength: 20 });
  const arrays = fc.record({
    uuids: many(fc.uuid()),
    instants: many(fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })),
    numbers: many(fc.bigInt({ min: least, max: most })),
    integers: many(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
    small: many(fc.constantFrom(-(2 ** 15), -1, 0, 1, 2 ** 15 - 1)),
  });
  await fc.assert(
    fc.asyncProperty(arrays, async (sent) => {
      const [row] = await db.rows(AS_BYTES, [sent.uuids, sent.instants, sent.numbers, sent.integers, sent.small]);
      expect(row).toEqual(sent);
    }),
    { numRuns: 200 },
  );
  // and other forms of them as PostgreSQL reads them
  const id = '0199A6B0-7C3E-7F00-8000-00000000000F';
  const said = await db.rows(AS_BYTES, [[id], ['2026-01-15 12:00:00+02'], ['12', 13, 2 ** 53], ['-7', null], [undefined]]);
  expect(said).toEqual([
    {
      uuids: [id.toLowerCase()],
      instants: [new Date('2026-01-15T10:00:00Z')],
      numbers: [12n, 13n, 9_007_199_254_740_992n],
      integers: [-7, null],
      small: [null],
    },
  ]);
});

test('what is none of its type is refused by PostgreSQL, in an array too', async () => {
  const good: unknown[] = [[], [], [], [], []];
  const refusal = (at: number, value: unknown) => expect(db.rows(AS_BYTES, good.with(at, [value]))).rejects;
  await refusal(0, '0199a6b0-7c3e-7f00-8000-00000000000g').toMatchObject({ code: '22P02' });
  await refusal(0, '0199a6b0-7c3e-7f00-8000-0000000000000').toMatchObject({ code: '22P02' });
  await refusal(1, 'tomorrow at noon or so').toMatchObject({ code: '22007' });
  await refusal(1, new Date(Number.NaN)).toThrow(RangeError);
  await refusal(2, 2n ** 63n).toMatchObject({ code: '22003' });
  await refusal(2, 1.5).toMatchObject({ code: '22P02' });
  await refusal(3, 2 ** 31).toMatchObject({ code: '22003' });
  await refusal(4, 2 ** 15).toMatchObject({ code: '22003' });
  expect(await db.rows(AS_BYTES, good)).toEqual([{ uuids: [], instants: [], numbers: [], integers: [], small: [] }]);
  // a parameter is what a statement first takes it for
  expect(await db.rows('select $1::text[] as texts, $1::bigint[] as numbers', [[1n]])).toEqual([{ texts: ['1'], numbers: [1n] }]);
});

test('instants arrive as they are, whatever their fraction, and in sessions of another time zone, too', async () => {
  const texts = [
    '2026-01-15 12:00:00Z',
    '2026-01-15 12:00:00.1Z',
    '2026-02-28 23:59:59.12Z',
    '1999-12-31 23:59:59.999Z',
    '0099-03-01 00:00:00Z',
  ];
  const read = async (asker: Database) => {
    const [row] = await asker.rows<{ at: Date[] }>('select $1::timestamptz[] as at', [texts]);
    const each = await Promise.all(texts.map((text) => asker.rows<{ at: Date }>('select $1::timestamptz as at', [text])));
    expect(each.map(([one]) => one?.at)).toEqual(row?.at);
    return each.map(([one]) => one?.at.toISOString());
  };
  const expected = texts.map((text) => new Date(text.replace(' ', 'T')).toISOString());
  expect(await read(db)).toEqual(expected);
  expect(await db.rows("select '2026-01-15 12:00:00.123456Z'::timestamptz as at, 'infinity'::timestamptz as never")).toEqual([
    { at: new Date('2026-01-15T12:00:00.123Z'), never: Number.POSITIVE_INFINITY },
  ]);
  const [paris] = await transact(db, async (tx) => {
    await tx.rows("set local timezone = 'Europe/Paris'");
    return tx.rows<{ at: Date }>('select $1::timestamptz as at', ['2026-07-15 12:00:00Z']);
  });
  expect(paris?.at).toEqual(new Date('2026-07-15T12:00:00Z'));
});

test('statements of a transaction that are given at the same time run in their order, and none after its end', async () => {
  let late: () => Promise<unknown> = () => Promise.resolve();
  const seen = await transact(db, (tx) => {
    late = () => tx.rows('select 1');
    return Promise.all([
      tx.rows("insert into public.things values (2, 'two')"),
      tx.rows("update public.things set name = 'zwei' where id = 2 returning name"),
      tx.rows('select count(*)::integer as count from public.things where id = 2'),
    ]);
  });
  expect(seen).toEqual([[], [{ name: 'zwei' }], [{ count: 1 }]]);
  await expect(late()).rejects.toThrow('the transaction has ended');
});

test('a transaction in which a statement failed is never taken for done, whoever caught the failure', async () => {
  const swallow = (failing: string) =>
    transact(db, async (tx) => {
      await tx.rows("insert into public.things values (3, 'three')");
      await tx.rows(failing).catch(() => undefined);
    });
  await expect(swallow('select 1 / 0')).rejects.toThrow('rolled back');
  // and when it is the first, nothing that follows is done outside of a transaction
  const first = transact(db, async (tx) => {
    await tx.rows('select 1 / 0').catch(() => undefined);
    await tx.rows("insert into public.things values (3, 'three')").catch(() => undefined);
  });
  await expect(first).rejects.toThrow('rolled back');
  expect(await db.rows('select * from public.things where id = 3')).toEqual([]);
});

test('what nobody waits for is done with the transaction, in its order, and undone with it when it fails', async () => {
  const text = 'insert into public.things values ($1, $2)';
  await times(5, (n) =>
    transact(db, async (tx) => {
      tx.later(text, [100 + n, 'a']);
      tx.later(text, [200 + n, 'b']);
    }),
  );
  const seen = await transact(db, async (tx) => {
    tx.later("update public.things set name = 'c' where id = $1", [100]);
    return tx.rows('select name from public.things where id = $1', [100]);
  });
  expect(seen).toEqual([{ name: 'c' }]);
  expect(await db.rows('select count(*)::integer as count from public.things where id >= 100')).toEqual([{ count: 10 }]);

  const failing = (then: (tx: Tx) => Promise<unknown>) =>
    transact(db, async (tx) => {
      tx.later(text, [300, 'd']);
      tx.later(text, [100, 'again']);
      await then(tx);
    });
  await expect(failing(async () => undefined)).rejects.toMatchObject({ code: '23505' });
  await expect(failing((tx) => tx.rows('select 1'))).rejects.toMatchObject({ code: '23505' });
  // whoever catches what failed beside it
  await expect(failing((tx) => tx.rows('select 1').catch(() => undefined))).rejects.toMatchObject({ code: '23505' });
  expect(await db.rows('select from public.things where id = 300')).toEqual([]);
});

test('what is refused only at the end of a transaction fails its statement when there is no other, and the commit when there is', async () => {
  await owner.query('create table public.parts (thing integer references public.things deferrable initially deferred)');
  await owner.query('grant all on public.parts to pointsettia_app');
  const orphan = 'insert into public.parts values ($1)';
  await times(4, () => expect(db.rows(orphan, [999])).rejects.toMatchObject({ code: '23503' }));
  await expect(transact(db, (tx) => tx.rows(orphan, [999]))).rejects.toMatchObject({ code: '23503' });
  await expect(transact(db, async (tx) => tx.later(orphan, [999]))).rejects.toMatchObject({ code: '23503' });
  expect(await db.rows('select from public.parts')).toEqual([]);
});

test('a last statement is committed with what waited for it, or nothing is, and nothing comes after it', async () => {
  const insert = 'insert into public.things values ($1, $2) returning name';
  const done = transact(db, async (tx) => {
    tx.later('insert into public.things values ($1, $2)', [50, 'fifty']);
    const rows = await tx.last(insert, [51, 'fifty-one']);
    // It is there for everybody, though the work goes on.
    expect((await owner.query('select from public.things where id in (50, 51)')).rowCount).toBe(2);
    await expect(tx.rows('select 1')).rejects.toThrow('the transaction has ended');
    expect(() => tx.later('select 1')).toThrow('the transaction has ended');
    return rows;
  });
  expect(await done).toEqual([{ name: 'fifty-one' }]);
  const both = (tx: Tx, id: number) => {
    tx.later('insert into public.things values ($1, $2)', [id, 'another']);
    return tx.last(insert, [50, 'fifty again']);
  };
  await expect(transact(db, (tx) => both(tx, 52))).rejects.toMatchObject({ code: '23505' });
  await expect(transact(db, async (tx) => void (await both(tx, 53).catch(() => undefined)))).rejects.toThrow();
  // refused only at the end
  await expect(transact(db, (tx) => tx.last('insert into public.parts values ($1)', [999]))).rejects.toMatchObject({ code: '23503' });
  // and what had failed before keeps it from being sent
  await expect(
    transact(db, async (tx) => {
      await tx.rows('select 1 / $1::integer', [0]).catch(() => undefined);
      await tx.last(insert, [54, 'after a failure']);
    }),
  ).rejects.toThrow();
  expect(await db.rows('select id from public.things where id between 50 and 59 order by id')).toEqual([{ id: 50 }, { id: 51 }]);
  expect(await db.rows('select from public.parts')).toEqual([]);
});

test('a statement that comes twice in one flight is prepared once, also when it is planned anew', async () => {
  const text = 'select name as twice from public.things where id = $1';
  await times(100, () => transact(db, (tx) => Promise.all([tx.rows(text, [1]), tx.rows(text, [1]), tx.rows(text, [1])])));
  expect((await preparedOn(db)).filter(({ statement }) => statement === text)).toHaveLength(1);
});

test('behind a pooler nothing is kept, and all works the same', async () => {
  const pooled = await openDatabase(database.url, { poolSize: 1, keepsStatements: false });
  await times(5, () => transact(pooled, (tx) => tx.rows('select $1::integer as n', [1])));
  expect(await transact(pooled, (tx) => tx.rows("update public.things set name = 'two' where id = $1 returning id", [2]))).toEqual([
    { id: 2 },
  ]);
  expect(await preparedOn(pooled)).toEqual([]);
  await pooled.close();
});

test('settings that a connection string brings along are kept, but ours win', async () => {
  const url = new URL(database.url);
  url.searchParams.set('options', '-c role=none -c work_mem=5MB');
  const other = await openDatabase(url.href, { poolSize: 1 });
  expect(await other.rows("select current_user::text as role, current_setting('work_mem') as work_mem")).toEqual([
    { role: 'pointsettia_app', work_mem: '5MB' },
  ]);
  await other.close();
});

test('who asks for the clock after a change sees it, however many ask at the same moment', async () => {
  const { revision } = await readState(database.db);
  const asked = Promise.all([0, 1, 2].map(() => readState(database.db)));
  await owner.query("update platform.state set revision = nextval('platform.revisions')");
  const after = await readState(database.db);
  expect(new Set((await asked).map((state) => state.now.getTime())).size).toBe(1);
  expect(after.revision).toBeGreaterThan(revision);
});
