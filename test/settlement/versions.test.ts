import { exchange, exchangeOf, exchanging } from '../exchange/exchange-api.ts';
import { buy } from '../exchange/point-blocks-api.ts';
import { accrualOf, type Joining, type Member, type Nova, redemptionOf, startNova } from '../support/coalition.ts';
import { aeroWith, amountsIn, cafeWith, change, SECOND, spring, THIRD } from './contract-changes.ts';
import { type Settlement, settlementOf } from './settlement-api.ts';

let nova: Nova;
let settlement: Settlement;
let member: Member;

async function start(vary: Parameters<typeof startNova>[0]): Promise<void> {
  nova = await startNova(vary);
  settlement = settlementOf(nova);
  member = await nova.enrol();
}
afterEach(async () => {
  const faults = await nova.faults();
  await nova.stop();
  expect(faults).toEqual([]);
});

test('a spread is divided by the shares in force when the points were exchanged, also once the clause is gone', async () => {
  const plain: Joining = { currency: 'APT', price: [10_000, 2_000] };
  const shares = { spreadBps: 700, operatorShareBps: 1_000, sourceShareBps: 3_333, destinationShareBps: 5_667 };
  await start({ AERO: { ...plain, clauses: [exchange('APT', 'BPT', { noticeDays: 0 })] } });
  const api = exchanging(nova);
  const owner = await api.memberWith({ AERO: 10_000 });
  expect(exchangeOf(await api.exchange(owner, 'APT', 'BPT', 1_007)).spreadMicros).toBe('505000');
  expect(await amountsIn(nova, 'EXCHANGE_SPREAD', 'AERO', 'BOOKS')).toEqual([10, 10]);
  await change(nova, SECOND, { AERO: { ...plain, clauses: [exchange('APT', 'BPT', { ...shares, noticeDays: 0 })] } });
  expect(exchangeOf(await api.exchange(owner, 'APT', 'BPT', 3_001)).spreadMicros).toBe('2105000');
  // 50.5 and 210.5 fen, together 261: 51 by 60/20/20, 210 by the new shares.
  expect(await amountsIn(nova, 'EXCHANGE_SPREAD', 'AERO', 'BOOKS')).toEqual([10 + 70, 10 + 119]);
  await change(nova, THIRD, { AERO: plain });
  expect(await amountsIn(nova, 'EXCHANGE_SPREAD', 'AERO', 'BOOKS')).toEqual([80, 129]);
});

const depotAt = (handlingFeeBps: number): Joining => ({
  acceptance: { currencies: ['APT', 'BPT', 'CPT'], handlingFeeBps, noticeDays: 0 },
});
async function burn(currency: string, points: number): Promise<string> {
  const { id } = redemptionOf(await nova.hold('DEPOT', member, currency, points));
  redemptionOf(await nova.capture('DEPOT', id));
  return id;
}

test('a handling fee is that of the day of the burn: a higher one holds from then on, and a refund gives back what was kept', async () => {
  await start({ DEPOT: depotAt(300) });
  accrualOf(await nova.earn('AERO', member, { points: 5_000 }));
  accrualOf(await nova.earn('CAFE', member, { points: 5_000 }));
  const first = await burn('APT', 1_003);
  expect(await settlement.amountsOf('DEPOT')).toEqual(['REIMBURSEMENT 1003', 'HANDLING_FEE -30']);
  await change(nova, SECOND, { DEPOT: depotAt(1_000) });
  expect(await settlement.amountsOf('DEPOT')).toEqual(['REIMBURSEMENT 1003', 'HANDLING_FEE -30']);
  const second = await burn('CPT', 507);
  // 30.09 and 101.4 fen.
  expect(await settlement.amountsOf('DEPOT')).toEqual(['REIMBURSEMENT 2017', 'HANDLING_FEE -131']);
  redemptionOf(await nova.refund('DEPOT', first, { points: 301 }));
  // 702 fen at 3 %: 21.06.
  expect(await settlement.amountsOf('DEPOT')).toEqual(['REIMBURSEMENT 1716', 'HANDLING_FEE -122']);
  await change(nova, THIRD, { DEPOT: { scope: { roles: ['ACCEPTOR'] } } });
  expect(await settlement.amountsOf('DEPOT')).toEqual(['REIMBURSEMENT 1716', 'HANDLING_FEE -122']);
  redemptionOf(await nova.refund('DEPOT', second, { points: 7 }));
  expect(await settlement.amountsOf('DEPOT')).toEqual(['REIMBURSEMENT 1702', 'HANDLING_FEE -121']);
});

test('breakage is divided by the version of the day on which the points expired; without a clause then it is the operator’s', async () => {
  const cafe = (issuerBps?: number): Joining =>
    cafeWith(...(issuerBps === undefined ? [] : [{ breakage: { issuerBps, operatorBps: 10_000 - issuerBps } }]));
  await start({ CAFE: { ...cafe(4_000), expiry: { rollingMonths: 1 } } });
  for (const [points, day] of [
    [2_001, '01'],
    [1_003, '08'],
    [501, '13'],
  ] as const)
    accrualOf(await nova.earn('CAFE', member, { points, occurredAt: `2026-01-${day}T10:00:00+08:00` }));
  const expire = async (at: string) => {
    await nova.setClock(at);
    await nova.runJob('EXPIRE_LOTS', at);
    return amountsIn(nova, 'BREAKAGE', 'CAFE');
  };
  expect(await expire('2026-02-02T10:00:00+08:00')).toEqual([1_601]);
  await nova.amend('CAFE', '2026-02-05T00:00:00+08:00', cafe(2_500));
  expect(await expire('2026-02-09T10:00:00+08:00')).toEqual([1_601 + 502]);
  await nova.amend('CAFE', '2026-02-12T00:00:00+08:00', cafe());
  expect(await expire('2026-02-15T10:00:00+08:00')).toEqual([2_103]);
});

test('a commitment counts points that are paid for: of a prepaid partner those of the blocks it buys, not those that it issues from them', async () => {
  const books = (billing: string): Joining => ({
    currency: 'BPT',
    price: [5_000, 1_000],
    issuance: { billing, minCommitmentPoints: 10_000 },
  });
  await start({ BOOKS: books('PREPAID') });
  const buyPoints = async (points: number) =>
    expect((await buy(nova, { partner: 'BOOKS', currency: 'BPT', points })).userErrors).toEqual([]);
  expect(await amountsIn(nova, 'TRUE_UP', 'BOOKS')).toEqual([-6_000]);
  await buyPoints(4_001);
  const { id } = accrualOf(await nova.earn('BOOKS', member, { points: 1_000 }));
  expect(await amountsIn(nova, 'TRUE_UP', 'BOOKS')).toEqual([-3_599]);
  accrualOf(await nova.reverse('BOOKS', id, { points: 300 }));
  expect(await amountsIn(nova, 'TRUE_UP', 'BOOKS')).toEqual([-3_599]);
  await change(nova, SECOND, { BOOKS: books('POSTPAID') });
  accrualOf(await nova.earn('BOOKS', member, { points: 2_000 }));
  expect(await amountsIn(nova, 'TRUE_UP', 'BOOKS')).toEqual([-2_399]);
  await change(nova, THIRD, { BOOKS: books('PREPAID') });
  await buyPoints(3_999);
  expect(await amountsIn(nova, 'TRUE_UP', 'BOOKS')).toEqual([0]);
});

test('lines that are read on and lines that are read afresh are the same, whatever changes in between', async () => {
  await start({
    AERO: aeroWith(spring(6_667, 3_333), exchange('APT', 'BPT', { noticeDays: 0 })),
    CAFE: cafeWith(spring(6_667, 3_333)),
    DEPOT: depotAt(300),
  });
  const api = exchanging(nova);
  const agree = async () => {
    const read = await settlement.positions();
    nova.app.db.memory.delete('settlement.spells');
    nova.app.db.memory.delete('settlement.movements');
    expect(await settlement.positions()).toEqual(read);
  };
  const trade = async () => {
    accrualOf(await nova.earn('AERO', member, { points: 1_009 }));
    accrualOf(await nova.earn('CAFE', member, { points: 307, promotion: 'SPRING', currency: 'APT', confirm: 'MANUAL' }));
    accrualOf(await nova.earn('CAFE', member, { points: 307, promotion: 'SPRING', currency: 'APT' }));
    exchangeOf(await api.exchange(member, 'APT', 'BPT', 101));
    redemptionOf(await nova.refund('DEPOT', await burn('APT', 503), { points: 77 }));
    await settlement.positions();
  };
  await trade();
  await change(nova, SECOND, {
    AERO: aeroWith(spring(5_000, 5_000), exchange('APT', 'BPT', { noticeDays: 0, operatorShareBps: 8_000, sourceShareBps: 0 })),
    CAFE: cafeWith(spring(5_000, 5_000)),
    DEPOT: depotAt(777),
  });
  await trade();
  await agree();
  await change(nova, THIRD, { DEPOT: depotAt(300) });
  await trade();
  await trade();
  await agree();
});
