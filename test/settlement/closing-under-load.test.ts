import { serve, type TestApp } from '../support/app.ts';
import { type Member, type Nova, operation, startNova } from '../support/coalition.ts';
import { clearingOf } from './clearing-api.ts';

let nova: Nova;
let other: TestApp;
let members: Member[];
beforeAll(async () => {
  nova = await startNova();
  other = await serve(nova.app.url);
  members = await Promise.all(Array.from({ length: 8 }, () => nova.enrol()));
});
afterAll(async () => {
  await other.stop();
  await nova.stop();
});

const BRANDS = ['AERO', 'BOOKS', 'CAFE'] as const;
const PRICES = { AERO: 12_000n, BOOKS: 6_000n, CAFE: 23_500n };

test('while thousands of points are posted through two processes, cycles close, and each purchase falls in exactly one', async () => {
  const acknowledged = { AERO: 0n, BOOKS: 0n, CAFE: 0n };
  let running = true;
  const tokens = new Map(await Promise.all(BRANDS.map(async (brand) => [brand, await nova.token(brand)] as const)));
  /** One till: batches and single purchases one after the other, until told to stop. */
  const till = async (no: number): Promise<number> => {
    let sent = 0;
    for (; running; sent += 1) {
      const brand = BRANDS[(no + sent) % 3] ?? 'AERO';
      const member = members[(no * 3 + sent) % members.length] as Member;
      const inputs = Array.from({ length: sent % 4 === 0 ? 25 : 1 }, () => nova.accrueInput(member, { points: 1 + (sent % 97) }));
      const app = no % 2 === 0 ? nova.app : other;
      const { data, errors } = await app.graphql(operation('accrue-batch'), { token: tokens.get(brand) ?? '', variables: { inputs } });
      expect(errors).toBeUndefined();
      expect(data.accrueBatch.refused).toBe(0);
      acknowledged[brand] += BigInt(inputs.length * (1 + (sent % 97)));
    }
    return sent;
  };
  const tills = Array.from({ length: 6 }, (_, no) => till(no));
  const clearing = clearingOf(nova);
  const cycles: string[] = [];
  for (let round = 0; round < 4; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 400));
    cycles.push((await clearing.close()).cycle.id);
  }
  running = false;
  const sent = await Promise.all(tills);
  expect(Math.min(...sent)).toBeGreaterThan(2);
  cycles.push((await clearing.close()).cycle.id);

  const rows = await nova.app.db.rows<{ cycles: bigint }>("select count(*) as cycles from ledger.cycles where status = 'OPEN'");
  expect(rows).toEqual([{ cycles: 1n }]);
  for (const brand of BRANDS) {
    const statements = await Promise.all(cycles.map((cycle) => clearing.statementOf(brand, cycle)));
    const charged = statements.map(({ lines }) => lines.reduce((sum, { exactMicros }) => sum - BigInt(exactMicros), 0n));
    expect(charged.reduce((sum, micros) => sum + micros, 0n)).toBe(acknowledged[brand] * PRICES[brand]);
    // Each cycle begins with the points that the one before ended with.
    for (const [at, { openingPoints }] of statements.entries())
      expect(openingPoints).toEqual(at === 0 ? [{ ...openingPoints[0], points: 0 }] : statements[at - 1]?.closingPoints);
  }
  expect(await nova.faults()).toEqual([]);
});

test('of closes that come at the same moment with different keys, each closes a cycle of its own or none', async () => {
  await nova.earn('AERO', members[0] as Member, { points: 5 });
  const [before] = await nova.app.db.rows<{ no: number }>("select no from ledger.cycles where status = 'OPEN'");
  const asked = await Promise.all(Array.from({ length: 6 }, () => clearingOf(nova).tryToClose({})));
  const closed = asked.flatMap(({ cycle }) => (cycle === null ? [] : [cycle.id]));
  const [after] = await nova.app.db.rows<{ no: number }>("select no from ledger.cycles where status = 'OPEN'");
  expect(new Set(closed).size).toBe(closed.length);
  expect((after?.no ?? 0) - (before?.no ?? 0)).toBe(closed.length);
  expect(closed.length).toBeGreaterThan(0);
  for (const { userErrors } of asked) for (const { code } of userErrors) expect(['CYCLE_CLOSED', 'VALIDATION']).toContain(code);
  expect(await nova.faults()).toEqual([]);
});

test('a step that is sent several times at once under one key is taken once, and every request is answered like the first', async () => {
  await nova.earn('AERO', members[0] as Member, { points: 5 });
  const closed = await Promise.all(Array.from({ length: 4 }, () => clearingOf(nova).tryToClose({ idempotencyKey: 'at-once' })));
  const [first] = closed;
  for (const one of closed) expect(one).toEqual(first);
  const input = { idempotencyKey: 'issued-at-once', cycleId: first?.cycle?.id };
  const issued = await Promise.all(Array.from({ length: 4 }, () => nova.run(nova.operator, 'issue-statements', { input })));
  for (const one of issued) expect(one).toMatchObject({ issueStatements: { cycle: { status: 'ADVISED' }, userErrors: [] } });
});

test('a close that was cut off after it ended the cycle is finished by the next one, which closes what came since', async () => {
  const cutOff = async (name: string) => {
    await nova.earn('AERO', members[0] as Member, { points: 10 });
    await nova.app.db.rows(
      "select 1 from ledger.close_open_cycle((select no from ledger.cycles where status = 'OPEN'), null, gen_random_uuid(), now())",
    );
    const { clearingCycle } = await nova.run<{ clearingCycle: { status: string } }>(nova.operator, 'cycle-positions');
    expect(clearingCycle.status).toBe('OPEN');
    await nova.earn('AERO', members[0] as Member, { points: 1 });
    const { cycle } = await clearingOf(nova).tryToClose({ idempotencyKey: name });
    expect(cycle?.status).toBe('CLOSED');
    expect(await nova.app.db.rows("select no from ledger.cycles where status = 'CLOSING'")).toEqual([]);
  };
  await cutOff('after-a-crash');
  expect(await nova.faults()).toEqual([]);
});
