import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { describeInclusion } from '../../src/verifier/report.ts';
import { verifyInclusion } from '../../src/verifier/verify-inclusion.ts';
import type { Nova } from '../support/coalition.ts';
import { liveRichly, startRich } from './rich-cycle.ts';

interface Entry {
  readonly id: string;
  readonly posting: string;
  readonly account: string;
  readonly micros: string | null;
  readonly points: number | null;
}
interface Line {
  readonly no: number;
  readonly type: string;
  readonly description: string;
  readonly exactMicros: string;
  readonly workings: string;
  readonly terms: readonly { readonly partner: string; readonly version: number }[];
  readonly entries: {
    readonly edges: readonly { readonly cursor: string; readonly node: Entry }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean; readonly endCursor: string | null };
  };
  readonly sales: {
    readonly edges: readonly { readonly node: { readonly net: { readonly minor: string }; readonly gross: { readonly minor: string } } }[];
  };
}

let nova: Nova;
let cycle: string;
beforeAll(async () => {
  nova = await startRich();
  await liveRichly(nova);
  cycle = (await nova.operate<{ cycle: { id: string } }>('close-cycle', {})).cycle.id;
}, 120_000);
afterAll(() => nova.stop());

async function linesOf(partner: string, more: Record<string, unknown> = {}): Promise<Line[]> {
  const { viewerPartner } = await nova.run<{ viewerPartner: { statement: { lines: { edges: { node: Line }[] } } } }>(
    await nova.token(partner),
    'line-entries',
    { cycle, first: 100, ...more },
  );
  return viewerPartner.statement.lines.edges.map(({ node }) => node);
}
const sumOf = ({ entries }: Line) => entries.edges.reduce((sum, { node }) => sum + BigInt(node.micros ?? node.points ?? 0), 0n);

test('every line that is a plain sum is the sum of its entries, and those of derived lines are what they were taken from', async () => {
  for (const partner of ['AERO', 'BOOKS', 'CAFE', 'DEPOT']) {
    for (const line of await linesOf(partner)) {
      const { kind, micros, issued } = JSON.parse(line.workings) as Record<string, string>;
      if (kind === 'SUM') expect([line.description, sumOf(line)]).toEqual([line.description, BigInt(line.exactMicros)]);
      if (kind === 'DIVIDED' && line.type !== 'COST_ALLOCATION') expect(sumOf(line)).toBe(BigInt(micros ?? 0));
      if (kind === 'DIVIDED_TWICE') expect(sumOf(line)).toBe(BigInt(micros ?? 0));
      if (kind === 'PRICED') expect(sumOf(line)).toBe(-BigInt(issued ?? 0));
      if (['COST_ALLOCATION', 'REVENUE_SHARE', 'FEE'].includes(line.type)) expect(line.entries.edges).toEqual([]);
      else expect(line.entries.edges.length).toBeGreaterThan(0);
    }
  }
});

test('a page of entries goes on where the one before ended, forwards and backwards', async () => {
  const [whole] = await linesOf('AERO');
  const all = whole?.entries.edges.map(({ node }) => node.id) ?? [];
  expect(all.length).toBeGreaterThan(4);
  const found: string[] = [];
  for (let after: string | null = null; ; ) {
    const [line]: Line[] = await linesOf('AERO', { first: 2, after });
    if (line === undefined) throw new Error('there is no line');
    found.push(...line.entries.edges.map(({ node }) => node.id));
    after = line.entries.pageInfo.endCursor;
    if (!line.entries.pageInfo.hasNextPage) break;
  }
  expect(found).toEqual(all);
  const backwards = `{ viewerPartner { statement(cycleId: "${cycle}") { lines(first: 1) { edges { node {
    entries(last: 2) { edges { node { id } } pageInfo { hasPreviousPage hasNextPage } } } } } } } }`;
  const { data } = await nova.app.graphql(backwards, { token: await nova.token('AERO') });
  const { entries } = data.viewerPartner.statement.lines.edges[0].node;
  expect(entries.edges.map(({ node }: { node: Entry }) => node.id)).toEqual(all.slice(-2));
  expect(entries.pageInfo).toEqual({ hasPreviousPage: true, hasNextPage: false });
  for (const after of ['x', Buffer.from('["a","b"]').toString('base64url'), Buffer.from('[1]').toString('base64url')]) {
    const { errors } = await nova.answer(await nova.token('AERO'), 'line-entries', { cycle, first: 2, after });
    expect(errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
  }
});

test('a partner sees what is behind its lines also on accounts that are not its own, and the sales behind its shares', async () => {
  const lines = await linesOf('CAFE');
  const accountsOf = (type: string) =>
    new Set(lines.filter((line) => line.type === type).flatMap(({ entries }) => entries.edges.map(({ node }) => node.account)));
  expect(accountsOf('BREAKAGE')).toEqual(new Set(['OPERATOR']));
  expect([...accountsOf('JOINT_PROMOTION')]).toEqual([expect.stringMatching(/^JOINT:\w{32}:APT:MONEY$/)]);
  const spread = (await linesOf('BOOKS')).find(({ type }) => type === 'EXCHANGE_SPREAD');
  expect(spread?.entries.edges.map(({ node }) => node.account)).toEqual(['SPREAD:APT:BPT']);
  const share = lines.find(({ type }) => type === 'REVENUE_SHARE');
  expect(share?.sales.edges.map(({ node }) => node.net.minor)).toEqual(['33333']);
  expect(
    (await linesOf('DEPOT'))
      .filter(({ type }) => type === 'REVENUE_SHARE')
      .map(({ sales }) => sales.edges.length)
      .sort(),
  ).toEqual([1, 1, 2]);
});

test('a line says by which versions of contracts it was computed', async () => {
  const terms = (await linesOf('DEPOT')).map((line) =>
    [line.type, ...line.terms.map(({ partner, version }) => `${partner} ${version}`)].join(' '),
  );
  expect(terms).toEqual([
    'REIMBURSEMENT DEPOT 1 DEPOT 2',
    'HANDLING_FEE DEPOT 1 DEPOT 2',
    'REVENUE_SHARE DEPOT 1 DEPOT 2',
    'REVENUE_SHARE DEPOT 1 DEPOT 2',
    'REVENUE_SHARE DEPOT 1 DEPOT 2',
    'COST_ALLOCATION DEPOT 1 DEPOT 2',
  ]);
  expect((await linesOf('BOOKS')).find(({ type }) => type === 'EXCHANGE_SPREAD')?.terms).toMatchObject([{ partner: 'AERO', version: 1 }]);
});

interface Proof {
  readonly text: string;
  readonly root: string;
  readonly cycle: { readonly batchHash: string };
  readonly path: readonly { readonly side: string; readonly hash: string }[];
}

test('one entry is proven to be in its cycle without the rest, and any change of it or of the way is found', async () => {
  const token = await nova.token('AERO');
  for (const [partner, bearer] of [
    ['AERO', token],
    ['CAFE', nova.operator],
  ] as const) {
    for (const line of await linesOf(partner)) {
      const id = line.entries.edges[0]?.node.id;
      if (id === undefined || (bearer === token && line.entries.edges[0]?.node.account !== 'PARTNER:AERO')) continue;
      const { entryProof } = await nova.run<{ entryProof: Proof }>(bearer, 'entry-proof', { entry: id });
      expect(verifyInclusion(JSON.stringify({ data: { entryProof } }))).toEqual({
        entry: id,
        root: entryProof.cycle.batchHash,
        reached: entryProof.root,
      });
      const changed = verifyInclusion(
        JSON.stringify({ ...entryProof, text: entryProof.text.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10)) }),
      );
      expect(changed.reached).not.toBe(changed.root);
      const shortened = verifyInclusion(JSON.stringify({ ...entryProof, path: entryProof.path.slice(1) }));
      expect(describeInclusion(shortened)).toMatch(/BROKEN {2}ent_/);
    }
  }
});

test('the proof of one entry is checked offline by the program', async () => {
  const [line] = await linesOf('AERO');
  const entry = line?.entries.edges[0]?.node.id ?? '';
  const { data } = await nova.answer(nova.operator, 'entry-proof', { entry });
  const file = join(mkdtempSync(join(tmpdir(), 'proof-')), 'entry.json');
  writeFileSync(file, JSON.stringify({ data }));
  const out = execFileSync(join(import.meta.dirname, '../../bin/pointsettia-verify.mjs'), ['--inclusion', file], { encoding: 'utf8' });
  expect(out).toBe(`  ok   ${entry} is in the cycle with hash ${data.entryProof.root}\n`);
}, 60_000);

test('whoever may not see an entry may not have it proven, and there is no proof yet of what is in the open cycle', async () => {
  const [line] = await linesOf('AERO');
  const entry = line?.entries.edges[0]?.node.id ?? '';
  const codeOf = async (token: string, id: string) =>
    (await nova.answer(token, 'entry-proof', { entry: id })).errors?.[0]?.extensions?.code;
  expect(await codeOf(await nova.token('BOOKS'), entry)).toBe('FORBIDDEN');
  expect(await codeOf(nova.operator, 'ent_nothing')).toBe('FORBIDDEN');
  expect(await codeOf((await nova.enrol()).token, entry)).toBe('FORBIDDEN');
  const [open] = await nova.app.db.rows<{ id: string }>(
    `select 'ent_' || lpad(to_hex(e.account_id), 16, '0') || lpad(to_hex(e.version), 16, '0') as id
     from ledger.entries e join ledger.postings p on p.id = e.posting_id join ledger.cycles c on c.no = p.cycle and c.status = 'OPEN' limit 1`,
  );
  expect(await nova.run(nova.operator, 'entry-proof', { entry: open?.id })).toEqual({ entryProof: null });
});

/** The constraint by which a statement of the application, or of whoever may do everything, is refused. */
async function refusalOf(sql: string): Promise<string | undefined> {
  const client = new Client({ connectionString: nova.app.url });
  await client.connect();
  try {
    await client.query(sql);
    return undefined;
  } catch (error) {
    return (error as { constraint?: string }).constraint;
  } finally {
    await client.end();
  }
}

test('seals and roots are whole, kept once and never changed', async () => {
  const seal = (root: number, marks: number, chunk = 0) =>
    refusalOf(
      `insert into settlement.seals (account_id, chunk, root, marks, cycle_from, cycle_to, earliest, latest)
       values (0, ${chunk}, decode(repeat('00', ${root}), 'hex'), decode(repeat('00', ${marks}), 'hex'), 1, 1, now(), now())`,
    );
  expect(await seal(31, 2_048)).toBe('a_seal_is_a_hash');
  expect(await seal(32, 2_047)).toBe('a_seal_marks_every_entry');
  expect(await seal(32, 2_048)).toBeUndefined();
  expect(await seal(32, 2_048)).toBe('a_chunk_is_sealed_once');
  const root = (entries: number, length: number) =>
    refusalOf(
      `insert into settlement.account_roots (cycle_no, account_id, entries, root, tail_from, tail_marks)
       values (2, 0, ${entries}, decode(repeat('00', ${length}), 'hex'), 1, '')`,
    );
  expect(await root(0, 32)).toBe('an_account_root_has_entries');
  expect(await root(1, 31)).toBe('an_account_root_is_a_hash');
  expect(await root(1, 32)).toBeUndefined();
  expect(await root(1, 32)).toBe('an_account_has_one_root_a_cycle');
  for (const sql of ['update settlement.seals set chunk = 1', 'delete from settlement.account_roots', 'truncate settlement.seals'])
    expect(await refusalOf(sql)).toBe('seals_are_append_only');
});
