import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { leafHash, merkleRoot } from '../../src/kernel/merkle.ts';
import { verifyLedger } from '../../src/ledger/verify.ts';
import { coalitionNow } from '../../src/partners/coalition.ts';
import { readCyclesByNo } from '../../src/settlement/cycles/cycles.queries.ts';
import { readAccountRoots, readCountedChunks } from '../../src/settlement/proof/account-roots.queries.ts';
import { accountRoots } from '../../src/settlement/proof/account-roots.rules.ts';
import { recomputeHashes } from '../../src/settlement/proof/recompute-hashes.ts';
import { sealChunks } from '../../src/settlement/proof/seal-chunks.ts';
import { SETTLEMENT_CHECKS } from '../../src/settlement/settlement.checks.ts';
import { accrualOf, type Member, type Nova, redemptionOf, startNova } from '../support/coalition.ts';

interface Verification {
  readonly ok: boolean;
  readonly checkedEntries: string;
  readonly brokenAt: string | null;
  readonly reason: string | null;
}

let nova: Nova;
let member: Member;
beforeEach(async () => {
  nova = await startNova();
  member = await nova.enrol({ homePartner: 'AERO' });
});
afterEach(() => nova.stop());

const verify = async (account: string, token = nova.operator) =>
  (await nova.run<{ verifyLedger: Verification }>(token, 'verify-ledger', { account })).verifyLedger;

async function close(cutoff?: string): Promise<void> {
  await nova.operate('close-cycle', cutoff === undefined ? {} : { cutoff });
}

/** Points given in batches of a hundred. */
async function earnOften(times: number): Promise<void> {
  for (let done = 0; done < times; done += 100) {
    const inputs = Array.from({ length: Math.min(100, times - done) }, (_, at) => nova.accrueInput(member, { points: done + at + 1 }));
    expect((await nova.earnMany('AERO', inputs)).refused).toBe(0);
  }
}

async function burn(points: number): Promise<string> {
  const { id } = redemptionOf(await nova.hold('DEPOT', member, 'APT', points));
  redemptionOf(await nova.capture('DEPOT', id));
  return id;
}

/** Work of somebody who may do everything in the database, and takes its guards off. */
async function tamper(table: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: nova.app.url });
  await client.connect();
  try {
    await client.query(`alter table ${table} disable trigger user`);
    expect((await client.query(sql)).rowCount).toBe(1);
  } finally {
    await client.query(`alter table ${table} enable trigger user`);
    await client.end();
  }
}

/** The account of a partner's money and one of its versions, as ids of entries name them. */
async function accountOf(partner: string, kind = 'PARTNER'): Promise<bigint> {
  const [row] = await nova.app.db.rows<{ id: bigint }>(
    'select a.id from ledger.accounts a join partners.partners p on p.id = a.owner where p.code = $1 and a.kind = $2::ledger.account_kind',
    [partner, kind],
  );
  if (row === undefined) throw new Error(`there is no ${kind} of ${partner}`);
  return row.id;
}
const hex = (value: bigint | number) => BigInt(value).toString(16).padStart(16, '0');
const entryOf = (account: bigint, version: number) => `ent_${hex(account)}${hex(version)}`;

/** What the book says of every entry, hashed here as docs/proof.md says. */
async function hashesByHand(account: bigint): Promise<Buffer[]> {
  const rows = await nova.app.db.rows<Record<string, string | bigint | number | Date | null>>(
    `select e.version, e.posting_id, p.code::text as code, p.cycle, p.occurred_at, p.recorded_at, p.reference, p.partner, e.available, (e.aside).held, (e.aside).pending,
       e.available_after, (e.aside).held_after, (e.aside).pending_after
     from ledger.entries e join ledger.postings p on p.id = e.posting_id where e.account_id = $1 order by e.version`,
    [account],
  );
  return rows.map((row) => {
    const { version, posting_id, code, cycle, occurred_at, recorded_at, reference, partner } = row;
    const instants = [occurred_at, recorded_at].map((at) => (at as Date).getTime());
    const amounts = ['available', 'held', 'pending', 'available_after', 'held_after', 'pending_after'].map((name) => row[name] ?? 0);
    const text = ['entry', account, version, posting_id, code, cycle, ...instants, reference, partner ?? '-', ...amounts].join(' ');
    return createHash('sha256')
      .update(Buffer.from([0]))
      .update(text)
      .digest();
  });
}

test('chunks of 256 entries are sealed before the cycle is closed, and their hashes are what anyone computes from the entries', async () => {
  await earnOften(600);
  expect(await Promise.all([sealChunks(nova.app.db), sealChunks(nova.app.db)])).toContain(8);
  expect(await sealChunks(nova.app.db)).toBe(0);
  const account = await accountOf('AERO');
  const hashes = await hashesByHand(account);
  const seals = await nova.app.db.rows<{ root: Buffer; marks: Buffer }>(
    'select root, marks from settlement.seals where account_id = $1 order by chunk',
    [account],
  );
  const chunks = [hashes.slice(0, 256), hashes.slice(256, 512)];
  expect(seals.map(({ root }) => root)).toEqual(chunks.map(merkleRoot));
  expect(seals.map(({ marks }) => marks)).toEqual(chunks.map((chunk) => Buffer.concat(chunk.map((hash) => hash.subarray(0, 8)))));
  await close();
  const [kept] = (await readAccountRoots(nova.app.db, 1)).filter(({ accountId }) => accountId === account);
  expect(kept?.entries).toBe(600n);
  expect(kept?.root).toEqual(merkleRoot([...chunks, hashes.slice(512)].map(merkleRoot)));
  expect(leafHash('a')).toEqual(createHash('sha256').update('\0a').digest());
});

/** Hashes every closed cycle again, from nothing but the entries and the frozen lines. */
async function expectSameHashes(cycles: readonly number[]): Promise<void> {
  const { coalition } = await coalitionNow(nova.app.db);
  for (const cycle of await readCyclesByNo(nova.app.db, cycles)) {
    if (cycle === undefined) throw new Error('there is no such cycle');
    const kept = await readAccountRoots(nova.app.db, cycle.no);
    const again = accountRoots(await readCountedChunks(nova.app.db, cycle.no, null));
    expect(again.map(({ accountId, entries, root }) => [accountId, entries, root])).toEqual(
      kept.map(({ accountId, entries, root }) => [accountId, entries, root]),
    );
    const { batchHash, statements } = await recomputeHashes(nova.app.db, coalition, cycle, kept);
    expect(batchHash).toBe(cycle.batchHash);
    expect(statements.map(({ hash }) => hash)).toEqual(statements.map((statement) => statement.kept));
  }
}

test('a closed cycle hashes to the same bytes again after late items, further cycles and a backdated cutoff', async () => {
  await earnOften(300);
  await burn(1_000);
  await nova.setClock('2026-01-20T12:00:00+08:00');
  await earnOften(10);
  accrualOf(await nova.earn('AERO', member, { points: 7, occurredAt: '2026-01-19T10:00:00+08:00' }));
  // What occurred on the nineteenth is left to the next cycle.
  await close('2026-01-18T00:00:00+08:00');
  await expectSameHashes([1]);
  await earnOften(300);
  accrualOf(await nova.earn('AERO', member, { points: 9, occurredAt: '2026-01-05T10:00:00+08:00' }));
  await nova.setClock('2026-02-01T12:00:00+08:00');
  await close();
  await sealChunks(nova.app.db);
  await expectSameHashes([1, 2]);
  await burn(50);
  await close();
  await expectSameHashes([1, 2, 3]);
  expect(await nova.faults()).toEqual([]);
});

test('[B27] verifyLedger recomputes the hash chain of an account: ok, and broken at exactly the entry that was changed in the database', async () => {
  await earnOften(300);
  for (const points of [100, 200, 300]) await burn(points);
  const [aero, depot] = [await accountOf('AERO'), await accountOf('DEPOT')];
  await close();
  expect(await verify('PARTNER:AERO')).toMatchObject({ ok: true, checkedEntries: '300', brokenAt: null, reason: null });
  expect(await verify(`WALLET:${member.id}:APT`)).toMatchObject({ ok: true, brokenAt: null });
  expect(await verify('POOL:APT')).toMatchObject({ ok: true });
  const at = (account: bigint, version: number) => `where account_id = ${account} and version = ${version}`;
  // Sealed with its chunk.
  await tamper(
    'ledger.entries',
    `update ledger.entries set available = available - 1, available_after = available_after - 1 ${at(aero, 7)}`,
  );
  expect(await verify('PARTNER:AERO')).toMatchObject({ ok: false, checkedEntries: '6', brokenAt: entryOf(aero, 7) });
  // In the last chunk, which the close has read.
  await tamper(
    'ledger.postings',
    `update ledger.postings set occurred_at = occurred_at - interval '1 day' where id = (select posting_id from ledger.entries ${at(depot, 2)})`,
  );
  expect(await verify('PARTNER:DEPOT')).toMatchObject({ ok: false, checkedEntries: '1', brokenAt: entryOf(depot, 2) });
});

test('the check of the whole ledger reads what is sealed and what closed cycles say', async () => {
  await earnOften(300);
  await close();
  const found = async () => (await verifyLedger(nova.app.db, SETTLEMENT_CHECKS)).checks.flatMap(({ examples }) => examples);
  expect(await found()).toEqual([]);
  const aero = await accountOf('AERO');
  await tamper('ledger.postings', 'update ledger.postings set reference = gen_random_uuid() where id = 5');
  await tamper('settlement.statements', 'update settlement.statements set net_minor = net_minor + 1 where net_minor <> 0');
  const broken = await found();
  expect(broken).toContain(`account ${aero}, version 5: is not what was sealed`);
  expect(broken.join()).toMatch(/statement of partner [\w-]+ for cycle 1: says -\d+, its lines make -\d+/);
});

test('what is not sealed yet is checked by its balances, its posting and its lots', async () => {
  for (const points of [100, 200, 300]) accrualOf(await nova.earn('AERO', member, { points }));
  const [wallet = { id: 0n }] = await nova.app.db.rows<{ id: bigint }>("select id from ledger.accounts where kind = 'WALLET'");
  const issuance = await accountOf('AERO', 'ISSUANCE');
  await tamper('ledger.lots', 'update ledger.lots set initial = initial + 5 where initial = 200');
  expect(await verify(`WALLET:${member.id}:APT`)).toMatchObject({ ok: false, brokenAt: entryOf(wallet.id, 2) });
  await tamper('ledger.entries', `delete from ledger.entries where account_id = ${issuance} and version = 2`);
  expect(await verify('ISSUANCE:AERO:APT')).toMatchObject({ ok: false, brokenAt: entryOf(issuance, 2), reason: 'version 2 is missing' });
  expect(await verify('PARTNER:AERO')).toMatchObject({ ok: false, brokenAt: entryOf(await accountOf('AERO'), 2) });
});

test('a line, a statement or a root that was changed breaks the hashes of its cycle', async () => {
  await earnOften(3);
  await close();
  await tamper('settlement.lines', "update settlement.lines set description = 'Nothing' where type = 'FUNDING'");
  expect(await verify('PARTNER:AERO')).toMatchObject({
    ok: false,
    brokenAt: null,
    reason: 'the statement of AERO for cycle 1 is not what was hashed',
  });
});

test('a partner verifies its own accounts only', async () => {
  await earnOften(3);
  const aero = await nova.token('AERO');
  expect(await verify('PARTNER:AERO', aero)).toMatchObject({ ok: true, checkedEntries: '3' });
  for (const account of ['PARTNER:BOOKS', 'POOL:APT', `WALLET:${member.id}:APT`, 'NOTHING', 'WALLET:x'])
    expect((await nova.answer(aero, 'verify-ledger', { account })).errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
  expect((await nova.answer(member.token, 'verify-ledger', { account: 'PARTNER:AERO' })).errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
});
