import { accrualOf, cny, type Member, type Nova, refusal, startNova } from '../support/coalition.ts';

let nova: Nova;
let m1: Member;
beforeAll(async () => {
  nova = await startNova();
  m1 = await nova.enrol({ homePartner: 'AERO' });
});
afterAll(() => nova.stop());

/** Runs work that must be refused and checks that it left nothing behind. */
async function leavesNothing<T>(work: () => Promise<T>): Promise<T> {
  const before = await nova.countRows();
  const result = await work();
  expect(await nova.countRows()).toEqual(before);
  return result;
}

test('[E22] points are earned at any partner, and that partner pays for them', async () => {
  // given a member whose home is AERO
  const before = await nova.positionOf('CAFE');
  // when 100.00 is spent at CAFE
  const payload = await nova.earn('CAFE', m1, { amount: cny('100.00') });
  // then 1,000 CPT of CAFE, which owes 1,000 x 23,500 micros = 23.50
  expect(payload).toMatchObject({
    accrual: { points: 1000, status: 'CONFIRMED', fundingMicros: '23500000' },
    balance: { currency: { code: 'CPT' }, available: 1000, pending: 0, held: 0, version: '1' },
    exposure: { used: cny('23.50') },
    replayed: false,
  });
  const after = await nova.positionOf('CAFE');
  expect(BigInt(after.netPosition.minor) - BigInt(before.netPosition.minor)).toBe(-2350n);
  expect(BigInt(after.exposure.used.minor) - BigInt(before.exposure.used.minor)).toBe(2350n);
  const lots = await nova.app.db.rows<{ code: string }>(`select p.code from ledger.lots l join partners.partners p on p.id = l.issuer`);
  expect(lots).toEqual([{ code: 'CAFE' }]);
  expect((await nova.positionOf('AERO')).netPosition.minor).toBe('0');
});

test('[E23] the same receipt from two channels earns once', async () => {
  const receipt = { externalId: 'ORDER-1', amount: cny('50.00') };
  const first = await nova.earn('CAFE', m1, { ...receipt, channel: 'POS', locationId: 'S1' });
  const rows = await nova.countRows();
  const second = await nova.earn('CAFE', m1, { ...receipt, channel: 'WEB', member: { cardNumber: m1.cardNumber } });
  expect(second.replayed).toBe(true);
  expect(second.accrual).toEqual(first.accrual);
  expect(await nova.countRows()).toEqual({ ...rows, keys: (rows.keys ?? 0) + 1 });
  // Another partner's receipt of that name is another receipt.
  expect((await nova.earn('BOOKS', m1, receipt)).replayed).toBe(false);
});

test('[E23] a receipt with another body is a conflict, whatever its key', async () => {
  await nova.earn('CAFE', m1, { externalId: 'ORDER-2', amount: cny('50.00') });
  const m2 = await nova.enrol();
  for (const other of [{ amount: cny('50.01') }, { points: 500 }, { amount: cny('50.00'), occurredAt: '2026-01-10T10:00:01+08:00' }]) {
    const payload = await leavesNothing(() => nova.earn('CAFE', m1, { externalId: 'ORDER-2', ...other }));
    expect(payload).toMatchObject({
      accrual: null,
      replayed: false,
      userErrors: [{ code: 'IDEMPOTENCY_CONFLICT', field: ['input', 'externalId'] }],
    });
  }
  expect(refusal(await nova.earn('CAFE', m2, { externalId: 'ORDER-2', amount: cny('50.00') }))).toBe('IDEMPOTENCY_CONFLICT');
});

describe('a repetition with the same key', () => {
  test('answers as the first time, even after the accrual has changed', async () => {
    const member = await nova.enrol();
    const what = { idempotencyKey: 'once', externalId: 'once', amount: cny('10.00') };
    const first = await nova.earn('CAFE', member, what);
    await nova.reverse('CAFE', accrualOf(first).id);
    await nova.earn('CAFE', member, { amount: cny('1.00') });
    const again = await leavesNothing(() => nova.earn('CAFE', member, what));
    expect(again).toMatchObject({ accrual: first.accrual, balance: first.balance, replayed: true });
  });

  test('is a conflict with another body, also when that body is not even valid', async () => {
    await nova.earn('CAFE', m1, { idempotencyKey: 'body', externalId: 'body', amount: cny('10.00') });
    for (const other of [{ amount: cny('10.01') }, { amount: cny('10.00'), channel: 'WEB' }, { points: -5 }]) {
      const payload = await leavesNothing(() => nova.earn('CAFE', m1, { idempotencyKey: 'body', externalId: 'body', ...other }));
      expect(payload).toMatchObject({ userErrors: [{ code: 'IDEMPOTENCY_CONFLICT', field: ['input', 'idempotencyKey'] }] });
    }
  });

  test('may write the same body differently', async () => {
    const what = { idempotencyKey: 'written', externalId: 'written' };
    await nova.earn('CAFE', m1, { ...what, amount: { minor: '1000', currency: 'CNY' } });
    const again = await nova.earn('CAFE', m1, {
      ...what,
      amount: { currency: 'CNY', minor: 1000 },
      occurredAt: '2026-01-10T02:00:00Z',
      channel: 'PARTNER_API',
      confirm: 'AUTO',
      items: null,
    });
    expect(again).toMatchObject({ replayed: true, userErrors: [] });
  });

  test('belongs to one partner and one mutation', async () => {
    const member = await nova.enrol();
    const idempotencyKey = 'shared-key';
    const mine = await nova.earn('CAFE', member, { idempotencyKey, externalId: 'shared', amount: cny('10.00') });
    const theirs = await nova.earn('BOOKS', member, { idempotencyKey, externalId: 'shared', amount: cny('20.00') });
    const confirmed = await nova.confirm('CAFE', accrualOf(mine).id, idempotencyKey);
    expect([mine, theirs, confirmed].map((one) => [one.replayed, one.userErrors])).toEqual([
      [false, []],
      [false, []],
      [false, []],
    ]);
  });

  test('is free again after a refusal', async () => {
    const member = await nova.enrol();
    const what = { idempotencyKey: 'second-try', externalId: 'second-try', points: 10, currency: 'APT' };
    expect(refusal(await nova.earn('CAFE', member, what))).toBe('CLAUSE_NOT_GRANTED');
    expect(await nova.earn('CAFE', member, { ...what, currency: 'CPT' })).toMatchObject({ replayed: false, userErrors: [] });
  });

  test('posts once when twenty of them arrive at the same moment', async () => {
    const member = await nova.enrol();
    const input = nova.accrueInput(member, { amount: cny('10.00') });
    const token = await nova.token('CAFE');
    const all = await Promise.all(Array.from({ length: 20 }, () => nova.run<{ accrue: object }>(token, 'accrue', { input })));
    const firsts = all.filter(({ accrue }) => !('replayed' in accrue && accrue.replayed));
    expect(firsts).toHaveLength(1);
    expect(new Set(all.map(({ accrue }) => JSON.stringify({ ...accrue, replayed: true, exposure: null }))).size).toBe(1);
    expect(await nova.balanceOf(member, 'CPT')).toMatchObject({ available: 100, version: '1' });
  });

  test('posts once when twenty different bodies arrive under it at the same moment', async () => {
    const members = await Promise.all(Array.from({ length: 4 }, () => nova.enrol()));
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, at) => {
        const member = members[at % 4] ?? m1;
        return nova.earn('CAFE', member, { idempotencyKey: 'race', externalId: `race-${at}`, points: 1 + at });
      }),
    );
    expect(all.filter((one) => one.userErrors.length === 0)).toHaveLength(1);
    expect(new Set(all.map(refusal))).toEqual(new Set([undefined, 'IDEMPOTENCY_CONFLICT']));
  });

  test('posts once when a receipt arrives from twenty sites at the same moment, each with its own key', async () => {
    const members = await Promise.all(Array.from({ length: 2 }, () => nova.enrol()));
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        nova.earn('CAFE', members[at % 2] ?? m1, { externalId: 'FLASH', amount: cny('10.00'), locationId: `S${at}` }),
      ),
    );
    expect(all.filter((one) => one.userErrors.length === 0 && !one.replayed)).toHaveLength(1);
    expect(all.filter((one) => one.replayed)).toHaveLength(9);
    expect(all.filter((one) => refusal(one) === 'IDEMPOTENCY_CONFLICT')).toHaveLength(10);
  });
});

describe('a batch', () => {
  test('posts its lines one by one: one refused line refuses that line only', async () => {
    const member = await nova.enrol();
    const { accepted, refused, results } = await nova.earnMany('CAFE', [
      nova.accrueInput(member, { points: 100 }),
      nova.accrueInput(member, { points: 0 }),
      nova.accrueInput({ ...member, id: 'mem_unknown' }, { points: 100 }),
      nova.accrueInput(member, { points: 10 }),
    ]);
    expect({ accepted, refused }).toEqual({ accepted: 2, refused: 2 });
    expect(results.map((one) => [refusal(one), one.balance?.available, one.balance?.version])).toEqual([
      [undefined, 100, '1'],
      ['VALIDATION', undefined, undefined],
      ['VALIDATION', undefined, undefined],
      [undefined, 110, '2'],
    ]);
    expect(results[1]?.userErrors[0]?.field).toEqual(['inputs', '1', 'points']);
  });

  test('posts a repeated line once, within itself and across requests', async () => {
    const member = await nova.enrol();
    const line = nova.accrueInput(member, { points: 100 });
    const twin = { ...line, idempotencyKey: 'twin', channel: 'WEB' };
    const first = await nova.earnMany('CAFE', [
      line,
      line,
      { ...line, points: 101 },
      twin,
      { ...twin, points: 102, externalId: 'elsewhere' },
    ]);
    expect(first.results.map((one) => [refusal(one), one.replayed, one.userErrors[0]?.field?.[2]])).toEqual([
      [undefined, false, undefined],
      [undefined, true, undefined],
      ['IDEMPOTENCY_CONFLICT', false, 'idempotencyKey'],
      [undefined, true, undefined],
      ['IDEMPOTENCY_CONFLICT', false, 'idempotencyKey'],
    ]);
    const again = await leavesNothing(() => nova.earnMany('CAFE', [line, twin, line]));
    expect(again.results.map((one) => one.replayed)).toEqual([true, true, true]);
    expect(again.results[0]?.accrual).toEqual(first.results[0]?.accrual);
    // The key of the twin is taken as well.
    expect(refusal(await nova.earn('CAFE', member, { idempotencyKey: 'twin', points: 1 }))).toBe('IDEMPOTENCY_CONFLICT');
    expect(await nova.balanceOf(member, 'CPT')).toMatchObject({ available: 100, version: '1' });
  });

  test('answers a known receipt under new keys, also when a new key comes twice', async () => {
    const member = await nova.enrol();
    const known = nova.accrueInput(member, { points: 100 });
    await nova.earnMany('CAFE', [known]);
    const renamed = { ...known, idempotencyKey: 'renamed' };
    const { results } = await nova.earnMany('CAFE', [
      renamed,
      renamed,
      { ...nova.accrueInput(member, { points: 5 }), idempotencyKey: 'renamed' },
    ]);
    expect(results.map((one) => [refusal(one), one.replayed])).toEqual([
      [undefined, true],
      [undefined, true],
      ['IDEMPOTENCY_CONFLICT', false],
    ]);
    expect(await nova.balanceOf(member, 'CPT')).toMatchObject({ available: 100, version: '1' });
  });

  test('posts once when ten equal ones arrive at the same moment', async () => {
    const members = await Promise.all(Array.from({ length: 5 }, () => nova.enrol()));
    const inputs = members.map((member) => nova.accrueInput(member, { points: 10 }));
    const all = await Promise.all(
      Array.from({ length: 10 }, (_, at) => nova.earnMany('CAFE', at % 2 === 0 ? inputs : inputs.toReversed())),
    );
    expect(all.flatMap(({ results }) => results).filter((one) => !one.replayed)).toHaveLength(5);
    for (const member of members) expect(await nova.balanceOf(member, 'CPT')).toMatchObject({ available: 10, version: '1' });
  });

  test('of nothing is answered, of more than a thousand it is refused as a whole', async () => {
    expect(await nova.earnMany('CAFE', [])).toEqual({ accepted: 0, refused: 0, results: [] });
    const line = nova.accrueInput(m1, { points: 1 });
    const inputs = Array.from({ length: 1001 }, (_, at) => ({ ...line, idempotencyKey: `many-${at}`, externalId: `many-${at}` }));
    const { errors, data } = await leavesNothing(async () => nova.answer(await nova.token('CAFE'), 'accrue-batch', { inputs }));
    expect(data ?? null).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  test('of a thousand lines is posted whole', async () => {
    const members = await Promise.all(Array.from({ length: 10 }, () => nova.enrol()));
    const inputs = Array.from({ length: 1000 }, (_, at) => nova.accrueInput(members[at % 10] ?? m1, { points: 1 + (at % 7) }));
    const { accepted, results } = await nova.earnMany('BOOKS', inputs);
    expect(accepted).toBe(1000);
    expect(results.at(-1)?.balance?.version).toBe('100');
  });
});

describe('what is malformed', () => {
  test.each([
    ['externalId', { externalId: '' }],
    ['externalId', { externalId: 'a\0b' }],
    ['externalId', { externalId: 'line\nbreak' }],
    ['externalId', { externalId: '\ud800' }],
    ['externalId', { externalId: 'x'.repeat(201) }],
    ['idempotencyKey', { idempotencyKey: '' }],
    ['idempotencyKey', { idempotencyKey: 'a\0b' }],
    ['idempotencyKey', { idempotencyKey: 'with space' }],
    ['idempotencyKey', { idempotencyKey: '钥匙' }],
    ['points', { points: 0 }],
    ['points', { points: -1 }],
    ['points', { points: Number.MAX_SAFE_INTEGER }],
    ['amount', { points: null }],
    ['amount.minor', { points: null, amount: { minor: '-1', currency: 'CNY' } }],
    ['amount.minor', { points: null, amount: { minor: '9223372036854775807', currency: 'CNY' } }],
    ['amount.currency', { points: null, amount: { minor: '100', currency: 'USD' } }],
    ['items.0.amount.minor', { points: null, items: [{ sku: 'A', amount: { minor: '-5', currency: 'CNY' } }] }],
    ['items.0.quantity', { points: null, items: [{ sku: 'A', quantity: 0, amount: cny('5.00') }] }],
    ['items', { points: null, items: [1, 2].map((sku) => ({ sku: `${sku}`, amount: { minor: '1000000000000', currency: 'CNY' } })) }],
    ['locationId', { locationId: 'S\0' }],
    ['promotion', { promotion: '\u0007' }],
    ['occurredAt', { occurredAt: '2026-01-16T00:00:00+08:00' }],
    ['currency', { currency: 'NOPE' }],
    ['currency', { currency: 'A\0' }],
    ['member', { member: {} }],
    ['member', { member: { id: 'mem_00000000000000000000000000000000' } }],
    ['member', { member: { id: 'nonsense' } }],
    ['member', { member: { cardNumber: '\0' } }],
    ['member', { member: { id: 'a', cardNumber: 'b' } }],
    ['member', { member: { externalId: 'x'.repeat(10_000) } }],
  ])('is refused as VALIDATION of %s and leaves nothing', async (field, what) => {
    const payload = await leavesNothing(() => nova.earn('CAFE', m1, { points: 1, ...what }));
    expect(payload.userErrors).toMatchObject([{ code: 'VALIDATION', field: ['input', ...field.split('.')] }]);
  });

  test.each([
    [{ points: 1.5 }],
    [{ points: '12x' }],
    [{ points: 1e30 }],
    [{ points: 1, occurredAt: 'yesterday' }],
    [{ amount: { minor: '1.5', currency: 'CNY' } }],
  ])('in a way that no value of the type can be, it is an error of the document: %j', async (what) => {
    const input = nova.accrueInput(m1, what);
    const { errors } = await leavesNothing(async () => nova.answer(await nova.token('CAFE'), 'accrue', { input }));
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});

test('only a partner earns for its members: operator and member are refused, a stranger is an error', async () => {
  const input = nova.accrueInput(m1, { points: 1 });
  for (const token of [nova.operator, m1.token]) {
    expect((await nova.run<{ accrue: object }>(token, 'accrue', { input })).accrue).toMatchObject({
      accrual: null,
      userErrors: [{ code: 'FORBIDDEN' }],
    });
  }
  expect((await nova.answer(undefined, 'accrue', { input })).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
});

describe('the scope of the contract', () => {
  test('limits channels, locations and direct awards', async () => {
    await nova.join('NARROW', {
      currency: 'NARROWPT',
      scope: { channels: ['POS', 'WEB'], locations: ['S1', 'S2'], directIssuance: false },
      rules: [{ code: 'R10', flatMilliPointsPerUnit: 10_000 }],
    });
    const fine = { channel: 'POS', locationId: 'S1', amount: cny('1.00') };
    expect(refusal(await nova.earn('NARROW', m1, fine))).toBeUndefined();
    for (const [field, what] of [
      ['channel', { channel: 'APP' }],
      ['channel', { channel: undefined }],
      ['locationId', { locationId: 'S3' }],
      ['locationId', { locationId: null }],
      ['points', { amount: null, points: 5 }],
    ] as const) {
      const payload = await leavesNothing(() => nova.earn('NARROW', m1, { ...fine, ...what }));
      expect(payload.userErrors).toMatchObject([{ code: 'CLAUSE_NOT_GRANTED', field: ['input', field] }]);
    }
  });

  test('an acceptor issues nothing, and nobody the currency of others', async () => {
    expect(refusal(await leavesNothing(() => nova.earn('DEPOT', m1, { points: 1, currency: 'APT' })))).toBe('CLAUSE_NOT_GRANTED');
    expect(refusal(await leavesNothing(() => nova.earn('BOOKS', m1, { points: 1, currency: 'APT' })))).toBe('CLAUSE_NOT_GRANTED');
  });
});

describe('the credit limit', () => {
  test('is reached to the fen and not passed by a point', async () => {
    // given R + S = 12,000 micros a point and a limit of 12.00: exactly 1,000 points
    await nova.join('EXACT', { currency: 'EXACTPT', issuance: { creditLimit: cny('12.00') } });
    expect(refusal(await leavesNothing(() => nova.earn('EXACT', m1, { points: 1001 })))).toBe('CREDIT_LIMIT');
    const whole = await nova.earn('EXACT', m1, { points: 1000 });
    expect(whole.exposure).toEqual({ used: cny('12.00'), limit: cny('12.00'), utilisationBps: 10_000 });
    expect(refusal(await leavesNothing(() => nova.earn('EXACT', m1, { points: 1 })))).toBe('CREDIT_LIMIT');
    // then what is reversed makes room again
    await nova.reverse('EXACT', accrualOf(whole).id, { points: 10 });
    expect(refusal(await nova.earn('EXACT', m1, { points: 11 }))).toBe('CREDIT_LIMIT');
    expect(refusal(await nova.earn('EXACT', m1, { points: 10 }))).toBeUndefined();
  });

  test('holds within a batch: of ten of 60 against a limit of 100 one is posted', async () => {
    await nova.join('TIGHT', { currency: 'TIGHTPT', price: [10_000, 0], issuance: { creditLimit: cny('1.00') } });
    const members = await Promise.all(Array.from({ length: 10 }, () => nova.enrol()));
    const { accepted, refused, results } = await nova.earnMany(
      'TIGHT',
      members.map((member) => nova.accrueInput(member, { points: 60 })),
    );
    expect({ accepted, refused }).toEqual({ accepted: 1, refused: 9 });
    expect(results.map(refusal)).toEqual([undefined, ...Array.from({ length: 9 }, () => 'CREDIT_LIMIT')]);
    // what still fits is posted, whatever was refused before it
    const more = await nova.earnMany(
      'TIGHT',
      [41, 40, 1].map((points) => nova.accrueInput(m1, { points })),
    );
    expect(more.results.map(refusal)).toEqual(['CREDIT_LIMIT', undefined, 'CREDIT_LIMIT']);
    expect((await nova.positionOf('TIGHT')).exposure).toMatchObject({ used: cny('1.00'), utilisationBps: 10_000 });
  });

  test('holds among twenty requests at the same moment', async () => {
    await nova.join('RUSH', { currency: 'RUSHPT', price: [10_000, 0], issuance: { creditLimit: cny('1.00') } });
    const members = await Promise.all(Array.from({ length: 20 }, () => nova.enrol()));
    const all = await Promise.all(members.map((member) => nova.earn('RUSH', member, { points: 15 })));
    expect(all.filter((one) => refusal(one) === undefined)).toHaveLength(6);
    expect(all.filter((one) => refusal(one) === 'CREDIT_LIMIT')).toHaveLength(14);
  });

  test('counts pending accruals in full, and no more when they are cancelled', async () => {
    await nova.join('PROMISE', { currency: 'PROMISEPT', price: [10_000, 0], issuance: { creditLimit: cny('1.00') } });
    const promised = await nova.earn('PROMISE', m1, { points: 60, confirm: 'MANUAL' });
    expect(promised).toMatchObject({
      accrual: { status: 'PENDING' },
      balance: { available: 0, pending: 60 },
      exposure: { used: cny('0.60') },
    });
    expect(refusal(await nova.earn('PROMISE', m1, { points: 41 }))).toBe('CREDIT_LIMIT');
    // Confirming what was counted already is never refused.
    const other = await nova.earn('PROMISE', m1, { points: 40, confirm: 'MANUAL' });
    expect(await nova.confirm('PROMISE', accrualOf(other).id)).toMatchObject({ accrual: { status: 'CONFIRMED' }, userErrors: [] });
    await nova.cancel('PROMISE', accrualOf(promised).id);
    expect(refusal(await nova.earn('PROMISE', m1, { points: 60 }))).toBeUndefined();
  });
});

test('the cap of a cycle counts points net of reversals', async () => {
  await nova.join('RATION', { currency: 'RATIONPT', issuance: { capPerCycle: 100 } });
  const first = await nova.earn('RATION', m1, { points: 70 });
  expect(refusal(await leavesNothing(() => nova.earn('RATION', m1, { points: 31 })))).toBe('CAP_EXCEEDED');
  expect(refusal(await nova.earn('RATION', m1, { points: 30, confirm: 'MANUAL' }))).toBeUndefined();
  expect(refusal(await nova.earn('RATION', m1, { points: 1 }))).toBe('CAP_EXCEEDED');
  await nova.reverse('RATION', accrualOf(first).id, { points: 20 });
  const { results } = await nova.earnMany(
    'RATION',
    [15, 6, 5].map((points) => nova.accrueInput(m1, { points })),
  );
  expect(results.map(refusal)).toEqual([undefined, 'CAP_EXCEEDED', undefined]);
});

test('prepaid points are refused while no block is bought', async () => {
  await nova.join('PREPAID', { currency: 'PREPAIDPT', issuance: { billing: 'PREPAID' } });
  expect(refusal(await leavesNothing(() => nova.earn('PREPAID', m1, { points: 1 })))).toBe('PREPAID_EXHAUSTED');
});

test('a suspended member earns nothing, but what it has can be taken back', async () => {
  const member = await nova.enrol();
  const earned = accrualOf(await nova.earn('CAFE', member, { points: 100 }));
  await nova.operate('set-member-status', { memberId: member.id, status: 'SUSPENDED' });
  expect(refusal(await leavesNothing(() => nova.earn('CAFE', member, { points: 1 })))).toBe('MEMBER_SUSPENDED');
  expect(await nova.reverse('CAFE', earned.id)).toMatchObject({ accrual: { status: 'REVERSED' }, balance: { available: 0 } });
  await nova.operate('set-member-status', { memberId: member.id, status: 'ACTIVE' });
  expect(refusal(await nova.earn('CAFE', member, { points: 1 }))).toBeUndefined();
});

test('of two things that are wrong the first is said: form, contract, clause, member, cap, credit', async () => {
  await nova.join('WRONG', {
    currency: 'WRONGPT',
    scope: { directIssuance: false },
    issuance: { capPerCycle: 10, creditLimit: cny('0.01') },
  });
  await nova.publish('WRONG', { code: 'R10', flatMilliPointsPerUnit: 10_000 });
  const suspended = await nova.enrol();
  await nova.operate('set-member-status', { memberId: suspended.id, status: 'SUSPENDED' });
  const before = '2025-12-31T23:59:59+08:00';
  const said = async (member: Member, what: object) => refusal(await nova.earn('WRONG', member, { amount: cny('2.00'), ...what }));
  expect(await said(suspended, { points: 0, occurredAt: before })).toBe('VALIDATION');
  expect(await said(suspended, { member: { id: 'mem_x' }, occurredAt: before })).toBe('VALIDATION');
  expect(await said(suspended, { points: 2, occurredAt: before })).toBe('CONTRACT_NOT_ACTIVE');
  expect(await said(suspended, { points: 2 })).toBe('CLAUSE_NOT_GRANTED');
  expect(await said(suspended, {})).toBe('MEMBER_SUSPENDED');
  expect(await said(m1, {})).toBe('CAP_EXCEEDED');
  expect(await said(m1, { amount: cny('0.90') })).toBe('CREDIT_LIMIT');
});

test('earning follows the contract: not before it, not after the end of earning, and the price is that of the day', async () => {
  await nova.join('AGREED', { currency: 'AGREEDPT', price: [10_000, 2_000] });
  // given a new price from 12 January on
  const contractId = await nova.amend('AGREED', '2026-01-12T00:00:00+08:00', { currency: 'AGREEDPT', price: [11_000, 3_000] });
  const cost = async (occurredAt: string) => (await nova.earn('AGREED', m1, { points: 100, occurredAt })).accrual?.fundingMicros;
  // when a purchase is reported late, then it costs what it cost when it happened
  expect(await cost('2026-01-11T23:59:59.999+08:00')).toBe('1200000');
  expect(await cost('2026-01-12T00:00:00+08:00')).toBe('1400000');
  expect(refusal(await nova.earn('AGREED', m1, { points: 1, occurredAt: '2025-12-31T23:59:59+08:00' }))).toBe('CONTRACT_NOT_ACTIVE');

  // given notice, and the end of earning two days later
  const earlier = accrualOf(await nova.earn('AGREED', m1, { points: 50 }));
  const { contract } = await nova.operate<{ contract: { earnEnd: string } }>('give-contract-notice', { contractId });
  const end = new Date(contract.earnEnd);
  const at = (milliseconds: number) => new Date(end.getTime() + milliseconds).toISOString();
  await nova.setClock(at(60_000));
  // then what happened before it still earns, what happened at it does not, and returns go on
  expect(refusal(await nova.earn('AGREED', m1, { points: 1, occurredAt: at(-1) }))).toBeUndefined();
  expect(refusal(await nova.earn('AGREED', m1, { points: 1, occurredAt: at(0) }))).toBe('CONTRACT_ENDED');
  expect(await nova.reverse('AGREED', earlier.id)).toMatchObject({ accrual: { status: 'REVERSED' }, userErrors: [] });
});

test('after all of it the ledger is intact and the pools cover their points', async () => {
  expect((await nova.faults()).filter((fault) => !fault.startsWith('AGREEDPT'))).toEqual([]);
});
