import { Client } from 'pg';
import { sweep } from '../../src/settlement/jobs/sweep.ts';
import { type Input, type Joining, type Nova, redemptionOf, refusal, startNova } from '../support/coalition.ts';
import { exchange, exchanging, quoteOf } from './exchange-api.ts';
import { givingAt } from './giving-api.ts';

const LATER = '2026-01-15T13:00:00+08:00';

let nova: Nova;
afterEach(() => nova.stop());

/** AERO issues points that are worth so many micros, takes them itself and lets them become BPT. */
const terms = (micros: number, issuance: Input = {}): Joining => ({
  currency: 'APT',
  price: [micros, 0],
  expiry: { rollingMonths: 1 },
  issuance,
  clauses: [exchange('APT', 'BPT', { quoteTtlSeconds: 86_400 })],
});

async function reprice(how: Joining): Promise<void> {
  await nova.amend('AERO', LATER, how);
  await nova.setClock(LATER);
}

/** What is off in the book, but for points that came to be worth more than was paid for them. */
const faults = async () => (await nova.faults()).filter((fault) => !fault.startsWith('APT is covered by'));

test('of points that came to be worth more than the book can hold as many are burned or exchanged at once as it can', async () => {
  nova = await startNova({ AERO: terms(1) });
  await nova.join('CHILD', { scope: { roles: ['CHARITY'] }, acceptance: { currencies: ['APT'] } });
  await nova.join('DEAR', { acceptance: { currencies: ['BPT'], reimbursementMicros: '1000000000000' } });
  const api = exchanging(nova);
  const member = await api.memberWith({ AERO: 1_000_000_000_000 });
  const { id } = redemptionOf(await nova.hold('AERO', member, 'APT', 900_000_000_000, { holdSeconds: 7_200 }));
  const quote = quoteOf(await api.quote(member, 'APT', 'BPT', 1_000_000));
  // when a point is worth 1,000,000.00: 100,000 of them are the most that are moved at once
  await reprice(terms(1_000_000_000_000));
  const rows = await nova.countRows();
  const { donate } = givingAt(nova);
  const tooMany = [
    await nova.capture('AERO', id),
    await nova.capture('AERO', id, { points: 100_001 }),
    await nova.hold('AERO', member, 'APT', 100_001),
    await donate(member, { charity: 'CHILD', currency: 'APT', points: 100_001 }),
    await api.quote(member, 'APT', 'BPT', 100_001),
    await api.execute(member.token, quote.id),
    await api.pay('DEAR', member, { from: 'APT', currency: 'BPT', points: 100_001 }),
  ];
  expect(tooMany.map(refusal)).toEqual(tooMany.map(() => 'VALIDATION'));
  expect(await nova.countRows()).toEqual(rows);
  // then fewer are burned, and come back
  expect(redemptionOf(await nova.capture('AERO', id, { points: 100_000 }))).toMatchObject({
    capturedPoints: 100_000,
    releasedPoints: 899_999_900_000,
    reimbursementMicros: '100000000000000000',
  });
  expect(refusal(await nova.refund('AERO', id))).toBeUndefined();
  expect(refusal(await donate(member, { charity: 'CHILD', currency: 'APT', points: 100_000 }))).toBeUndefined();
  expect(refusal(await api.pay('DEAR', member, { from: 'APT', currency: 'BPT', points: 100_000 }))).toBeUndefined();
  expect(await faults()).toEqual([]);
});

test('a wallet that cannot be expired is reported once a run and left; the others go on', async () => {
  const later = { fundingModel: 'ON_REDEMPTION', chargeOnExpiry: true };
  nova = await startNova({ AERO: terms(1, later), BOOKS: { expiry: { rollingMonths: 1 } } });
  const { memberWith } = exchanging(nova);
  const [rich, ...others] = [
    await memberWith({ AERO: 1_000_000_000_000, BOOKS: 100 }),
    await memberWith({ AERO: 100 }),
    await memberWith({ BOOKS: 100 }),
  ];
  // given that the points of one wallet would cost their issuer ten million millions on their expiry
  await reprice(terms(10_000_000, later));
  const asOf = '2026-02-20T00:00:00+08:00';
  await nova.setClock(asOf);
  // when
  const run = await nova.runJob('EXPIRE_LOTS', asOf, 'first');
  // then
  expect(run).toMatchObject({ run: { affected: 3, left: 1 }, userErrors: [] });
  expect(await nova.runJob('EXPIRE_LOTS', asOf, 'first')).toEqual(run);
  expect(await nova.runJob('EXPIRE_LOTS', asOf)).toMatchObject({ run: { affected: 0, left: 1 } });
  expect(await nova.balanceOf(rich, 'APT')).toMatchObject({ available: 1_000_000_000_000 });
  for (const [member, currency] of [[rich, 'BPT'], ...others.map((member, at) => [member, at === 0 ? 'APT' : 'BPT'] as const)] as const)
    expect(await nova.balanceOf(member, currency)).toMatchObject({ available: 0 });

  // and the sweep says which it is, with the reason
  const superuser = new Client({ connectionString: nova.app.url });
  await superuser.connect();
  await superuser.query("update platform.state set clock_offset = interval '0', revision = nextval('platform.revisions')");
  await superuser.end();
  const reported: unknown[] = [];
  await sweep(nova.app.db, (fault) => reported.push(fault));
  expect(reported).toMatchObject([
    {
      message: 'EXPIRE_LOTS left wallets as they were: 1',
      errors: [{ message: expect.stringContaining('point currency'), cause: { code: '22003' } }],
    },
  ]);
  expect(await faults()).toEqual([]);
});
