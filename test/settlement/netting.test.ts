import { type Input, type Nova, refusal, startNova, type UserError } from '../support/coalition.ts';
import { disputesOf } from './disputes-api.ts';
import { fen, type Payments, paymentsOf, terms } from './payments-api.ts';
import { settlementOf } from './settlement-api.ts';

const HOME: Input = { revenueShare: { basis: 'NET_SALE', bps: 150, payee: 'HOME' } };

let nova: Nova;
let payments: Payments;
beforeEach(async () => {
  nova = await startNova({ AERO: { clauses: [terms(), HOME] }, BOOKS: { clauses: [terms()] }, DEPOT: { clauses: [terms(), HOME] } });
  payments = paymentsOf(nova);
});
afterEach(() => nova.stop());

/** DEPOT owes AERO 1,200.00 and is owed 450.00 by it; AERO owes the operator 120.00. */
async function trade(): Promise<void> {
  const [ofAero, ofDepot] = [await nova.enrol({ homePartner: 'AERO' }), await nova.enrol({ homePartner: 'DEPOT' })];
  const { sell } = settlementOf(nova);
  await sell('DEPOT', ofAero, 8_000_000);
  await sell('AERO', ofDepot, 3_000_000);
  await nova.earn('AERO', ofAero, { points: 10_000 });
}

type Answer = { userErrors: readonly UserError[]; pair: { id: string; until: string | null } | null };
const ask = async (name: string, input: Input, token = nova.operator) => {
  const answer = await nova.run<Record<string, Answer>>(token, name, { input: { idempotencyKey: nova.newKey(), ...input } });
  const [payload] = Object.values(answer);
  if (payload === undefined) throw new Error(`${name} answered nothing`);
  return payload;
};

/** Statements to whose net their payments and what is carried do not come. */
const unsettled = () =>
  nova.app.db.rows(
    `select s.cycle_no, s.partner_id, s.net_minor from settlement.statements s
     left join settlement.instructions i on i.cycle_no = s.cycle_no and s.partner_id in (i.payer, i.payee)
     group by s.id
     having s.net_minor <> coalesce(sum((i.amount_minor + i.carried_minor) * case when i.payee = s.partner_id then 1 else -1 end), 0)`,
  );

const shown = (instructions: Awaited<ReturnType<Payments['instructions']>>) =>
  instructions
    .map(({ payer, payee, amount, carried, carriedReason }) => `${payer} ${payee} ${amount.minor} ${carried.minor} ${carriedReason}`)
    .sort();

test('partners settle through the operator, and what that spares is shown: all of it to the operator, its own part to a partner', async () => {
  await trade();
  const cycle = await payments.close();
  expect(shown(await payments.instructions(cycle))).toEqual(['DEPOT OPERATOR 75000 0 null', 'OPERATOR AERO 63000 0 null']);
  const netting = await payments.netting(cycle);
  // Whoever owes after netting is DEPOT alone.
  expect(netting).toMatchObject({ gross: fen(177_000), net: fen(75_000), saving: fen(102_000), savingBps: 5_762 });
  expect(netting).toMatchObject({ grossPayments: 3, payments: 2, carried: fen(0) });
  expect(netting.pairs).toEqual([
    { a: 'AERO', b: 'DEPOT', aOwes: fen(45_000), bOwes: fen(120_000), bilateral: false },
    { a: 'AERO', b: 'OPERATOR', aOwes: fen(12_000), bOwes: fen(0), bilateral: false },
  ]);
  const depot = await payments.netting(cycle, await nova.token('DEPOT'));
  expect(depot).toMatchObject({ gross: fen(165_000), net: fen(75_000), saving: fen(90_000), grossPayments: 2, payments: 1 });
  expect(depot.pairs).toHaveLength(1);
  const books = await payments.netting(cycle, await nova.token('BOOKS'));
  expect(books).toMatchObject({ gross: fen(0), net: fen(0), savingBps: 0, payments: 0, pairs: [] });
  expect(await payments.instructions(cycle, await nova.token('BOOKS'))).toEqual([]);
  const { clearingCycle } = await nova.run<{ clearingCycle: { id: string } }>(nova.operator, 'cycle-positions');
  expect(await payments.netting(clearingCycle.id)).toBeNull();
});

test('a named pair settles directly what it owes each other, with interest when late, and the cycle is settled once that is paid too', async () => {
  await nova.operate('name-netting-pair', { partners: ['DEPOT', 'AERO'], from: '2026-01-01T00:00:00+08:00' });
  await trade();
  const cycle = await payments.close();
  expect(shown(await payments.instructions(cycle))).toEqual(['AERO OPERATOR 12000 0 null', 'DEPOT AERO 75000 0 null']);
  expect(await payments.netting(cycle)).toMatchObject({ gross: fen(177_000), net: fen(87_000), saving: fen(90_000), payments: 2 });
  await payments.issue(cycle);
  const [aero, depot] = [await payments.statementOf('AERO', cycle), await payments.statementOf('DEPOT', cycle)];
  expect([aero.net.minor, aero.instruction?.amount.minor, depot.net.minor, depot.instruction]).toEqual(['63000', '12000', '-75000', null]);
  await payments.pay(aero.id, 12_000, '2026-01-15');
  expect(refusal(await payments.pay(depot.id, 75_000, '2026-01-15'))).toBe('VALIDATION');
  expect(await payments.reconcile(cycle, 'AERO', 'DEPOT')).toBe('RECONCILED');

  await nova.setClock('2026-01-28T12:00:00+08:00');
  const direct = (await payments.instructions(cycle)).find(({ payee }) => payee === 'AERO');
  expect(direct?.dueDate).toBe('2026-01-25');
  const input = { instructionId: direct?.id, amount: fen(75_000), bankReference: 'DIRECT', valueDate: '2026-01-28' };
  const { instruction } = await nova.operate<{ instruction: object }>('record-instruction-payment', input);
  // 75,000 x 3 x 5 bps = 112.5
  expect(instruction).toMatchObject({ status: 'PAID', cycle: { status: 'SETTLED' }, payments: [{ interest: fen(113) }] });
  expect([await payments.accountOf('AERO'), await payments.accountOf('DEPOT')]).toEqual([113, -113]);
  expect(await settlementOf(nova).positions()).toEqual({ AERO: 113, BOOKS: 0, CAFE: 0, DEPOT: -113, OPERATOR: 0, POOL: 0 });
  const next = await payments.close();
  expect([await payments.amountsOf('AERO', next), await payments.amountsOf('DEPOT', next)]).toEqual([
    ['LATE_INTEREST 113'],
    ['LATE_INTEREST -113'],
  ]);
  // By lines interest goes through the operator, which nets to nothing.
  expect(shown(await payments.instructions(next))).toEqual(['DEPOT OPERATOR 113 0 null', 'OPERATOR AERO 113 0 null']);
  expect([await unsettled(), await nova.faults()]).toEqual([[], []]);
});

test('what a partner of a pair disputes of lines between the two need not be paid to the other so long, and is owed to the operator in full', async () => {
  await nova.operate('name-netting-pair', { partners: ['DEPOT', 'AERO'], from: '2026-01-01T00:00:00+08:00' });
  await trade();
  const cycle = await payments.close();
  await payments.issue(cycle);
  const { lineOf, opened, done } = disputesOf(nova);
  const dispute = async (partner: string, type: string, minor: number) =>
    (await opened(partner, (await lineOf(partner, cycle, type)).id, minor)).id;
  const undisputed = async () => {
    const query = 'query ($cycle: ID!) { clearingCycle(id: $cycle) { instructions { payer payee status undisputed { minor } } } }';
    const { data } = await nova.app.graphql(query, { token: nova.operator, variables: { cycle } });
    const instructions: { payer: string; payee: string; status: string; undisputed: { minor: string } }[] = data.clearingCycle.instructions;
    return instructions.map(({ payer, payee, status, undisputed: { minor } }) => `${payer} ${payee} ${status} ${minor}`).sort();
  };
  await dispute('AERO', 'REVENUE_SHARE', 10_000);
  expect(await undisputed()).toEqual(['AERO OPERATOR DUE 12000', 'DEPOT AERO DUE 75000']);
  const funding = await dispute('AERO', 'FUNDING', 3_000);
  const share = await dispute('DEPOT', 'REVENUE_SHARE', 40_000);
  expect(await undisputed()).toEqual(['AERO OPERATOR DUE 9000', 'DEPOT AERO DUE 35000']);

  const direct = (await payments.instructions(cycle)).find(({ payee }) => payee === 'AERO');
  const input = { instructionId: direct?.id, amount: fen(35_000), bankReference: 'IN-PART', valueDate: '2026-01-15' };
  await nova.operate('record-instruction-payment', input);
  await nova.setClock('2026-04-01T12:00:00+08:00');
  expect((await nova.runJob('AGE_PAYMENTS', '2026-04-01T12:00:00+08:00')).userErrors).toEqual([]);
  expect(await undisputed()).toEqual(['AERO OPERATOR DEFAULTED 9000', 'DEPOT AERO PARTIALLY_PAID 0']);
  for (const id of [funding, share]) await done('OPERATOR', 'resolve', id);
  await nova.runJob('AGE_PAYMENTS', '2026-04-01T12:00:00+08:00');
  expect(await undisputed()).toEqual(['AERO OPERATOR DEFAULTED 12000', 'DEPOT AERO DEFAULTED 40000']);
  expect(await nova.faults()).toEqual([]);
});

test('a pair is named once at a time, ends when it is said, and speaks for the cycles that end in between', async () => {
  const named = await ask('name-netting-pair', { partners: ['AERO', 'DEPOT'] });
  expect(named.userErrors).toEqual([]);
  expect(refusal(await ask('name-netting-pair', { partners: ['DEPOT', 'AERO'] }))).toBe('DUPLICATE');
  for (const partners of [['AERO'], ['AERO', 'AERO'], ['AERO', 'NOBODY'], ['AERO', 'BOOKS', 'DEPOT'], []])
    expect(refusal(await ask('name-netting-pair', { partners }))).toBe('VALIDATION');
  const early = { partners: ['AERO', 'BOOKS'], from: '2025-12-31T23:59:59+08:00' };
  expect(refusal(await ask('name-netting-pair', early))).toBe('VALIDATION');
  const pairId = named.pair?.id;
  expect(refusal(await ask('end-netting-pair', { pairId: 'npr_00000000000000000000000000000000' }))).toBe('VALIDATION');
  expect(refusal(await ask('end-netting-pair', { pairId, until: '2026-01-01T00:00:00+08:00' }))).toBe('VALIDATION');
  for (const name of ['name-netting-pair', 'end-netting-pair', 'set-funding-limit']) {
    const input = { partners: ['AERO', 'BOOKS'], pairId, partner: 'AERO' };
    const fields = { 'name-netting-pair': ['partners'], 'end-netting-pair': ['pairId'], 'set-funding-limit': ['partner'] }[name];
    const own = Object.fromEntries(Object.entries(input).filter(([field]) => fields?.includes(field)));
    expect(refusal(await ask(name, own, await nova.token('AERO')))).toBe('FORBIDDEN');
  }
  const pairs = async (token: string) => (await nova.run<{ nettingPairs: unknown[] }>(token, 'netting-pairs')).nettingPairs.length;
  expect([await pairs(nova.operator), await pairs(await nova.token('DEPOT')), await pairs(await nova.token('BOOKS'))]).toEqual([1, 1, 0]);

  await nova.setClock('2026-01-15T12:30:00+08:00');
  expect(refusal(await ask('end-netting-pair', { pairId }))).toBeUndefined();
  expect(refusal(await ask('end-netting-pair', { pairId }))).toBe('VALIDATION');
  await nova.setClock('2026-01-15T13:00:00+08:00');
  await trade();
  const cycle = await payments.close();
  expect(shown(await payments.instructions(cycle))).toEqual(['DEPOT OPERATOR 75000 0 null', 'OPERATOR AERO 63000 0 null']);
  const mistaken = await ask('name-netting-pair', { partners: ['AERO', 'DEPOT'], from: '2030-01-01T00:00:00+08:00' });
  expect(refusal(await ask('name-netting-pair', { partners: ['AERO', 'DEPOT'] }))).toBe('DUPLICATE');
  expect(refusal(await ask('end-netting-pair', { pairId: mistaken.pair?.id }))).toBeUndefined();
  expect(refusal(await ask('name-netting-pair', { partners: ['AERO', 'DEPOT'] }))).toBeUndefined();
});

test('a position is funded within its limit: what exceeds it waits on both sides and comes back with the next cycle, until it is paid', async () => {
  const limited = await nova.operate<{ partner: object }>('set-funding-limit', { partner: 'DEPOT', limit: fen(50_000) });
  expect(limited.partner).toEqual({ code: 'DEPOT', fundingLimit: fen(50_000) });
  await trade();
  const cycle = await payments.close();
  // DEPOT owes 750.00 net: 250.00 of what it owes AERO wait, and AERO is paid as much less.
  expect(shown(await payments.instructions(cycle))).toEqual([
    'DEPOT AERO 0 25000 FUNDING_LIMIT',
    'DEPOT OPERATOR 50000 0 null',
    'OPERATOR AERO 38000 0 null',
  ]);
  expect(await payments.netting(cycle)).toMatchObject({ net: fen(75_000), carried: fen(25_000), payments: 2 });
  await payments.issue(cycle);
  for (const [partner, minor] of [
    ['AERO', 38_000],
    ['DEPOT', 50_000],
  ] as const) {
    const { id } = await payments.statementOf(partner, cycle);
    expect(refusal(await payments.pay(id, minor, '2026-01-15'))).toBeUndefined();
  }
  expect(await payments.reconcile(cycle, 'AERO', 'DEPOT')).toBe('SETTLED');
  expect([await payments.accountOf('AERO'), await payments.accountOf('DEPOT')]).toEqual([25_000, -25_000]);

  await nova.operate('set-funding-limit', { partner: 'DEPOT', limit: fen(10_000) });
  await nova.setClock('2026-01-16T12:00:00+08:00');
  const second = await payments.close();
  expect(await payments.amountsOf('DEPOT', second)).toEqual(['CARRIED_FORWARD -25000']);
  expect(await payments.amountsOf('AERO', second)).toEqual(['CARRIED_FORWARD 25000']);
  // What came back goes through the operator: AERO has all of it, and DEPOT pays what its limit lets through.
  expect(shown(await payments.instructions(second))).toEqual([
    'DEPOT OPERATOR 0 15000 FUNDING_LIMIT',
    'DEPOT OPERATOR 10000 0 null',
    'OPERATOR AERO 25000 0 null',
  ]);
  await nova.operate('set-funding-limit', { partner: 'DEPOT' });
  await nova.setClock('2026-01-17T12:00:00+08:00');
  const third = await payments.close();
  expect(shown(await payments.instructions(third))).toEqual(['DEPOT OPERATOR 15000 0 null']);
  for (const [partner, of, minor] of [
    ['DEPOT', second, 10_000],
    ['AERO', second, 25_000],
    ['DEPOT', third, 15_000],
  ] as const)
    expect(refusal(await payments.pay((await payments.statementOf(partner, of)).id, minor, '2026-01-17'))).toBeUndefined();
  expect([await payments.accountOf('AERO'), await payments.accountOf('DEPOT')]).toEqual([0, 0]);
  expect([await unsettled(), await nova.faults()]).toEqual([[], []]);
});

test('a funding limit is an amount of the settlement currency that is not negative, and only its partner and the operator see it', async () => {
  for (const limit of [fen(-1), { minor: '1', currency: 'EUR' }, fen(10n ** 16n)])
    expect(refusal(await ask('set-funding-limit', { partner: 'AERO', limit }))).toBe('VALIDATION');
  expect(refusal(await ask('set-funding-limit', { partner: 'NOBODY', limit: fen(1) }))).toBe('VALIDATION');
  const document = 'query Limit($code: String!) { partner(code: $code) { fundingLimit { minor } } }';
  const other = await nova.app.graphql(document, { variables: { code: 'AERO' }, token: await nova.token('BOOKS') });
  expect(JSON.stringify(other.errors)).toContain('FORBIDDEN');
});

test('the database keeps pairs, limits and the policy as they must be', async () => {
  const { db } = nova.app;
  const [[a, b]] = [
    (await db.rows<{ id: string }>('select id from partners.partners order by id limit 2')).map(({ id }) => id) as [string, string],
  ];
  const at = '2026-01-15T12:00:00Z';
  const pair = (one: string, other: string, ends: string | null) =>
    db.rows('insert into settlement.netting_pairs values (gen_random_uuid(), $1, $2, $3, $4)', [one, other, at, ends]);
  await expect(pair(b, a, null)).rejects.toThrow('a_netting_pair_is_two_partners');
  await expect(pair(a, a, null)).rejects.toThrow('a_netting_pair_is_two_partners');
  await expect(pair(a, b, '2026-01-15T11:59:59Z')).rejects.toThrow('a_netting_pair_never_ends_before_it_begins');
  await pair(a, b, null);
  await expect(pair(a, b, null)).rejects.toThrow('a_pair_nets_once_at_a_time');
  await expect(db.rows('insert into settlement.funding_limits values (gen_random_uuid(), $1, -1, $2)', [a, at])).rejects.toThrow(
    'a_funding_limit_is_never_negative',
  );
  for (const days of [0, 3_651])
    await expect(db.rows('update settlement.policy set default_after_days = $1', [days])).rejects.toThrow(
      'a_default_comes_after_some_days',
    );
  await expect(db.rows('update settlement.policy set only_row = false')).rejects.toThrow('there_is_one_settlement_policy');
  await expect(db.rows('delete from settlement.netting_pairs')).rejects.toThrow('permission denied');
});
