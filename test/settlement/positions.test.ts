import { type CoalitionAtWork, CREDIT_LIMIT, startCoalition } from '../exchange/coalition-at-work.ts';
import { serve, type TestApp } from '../support/app.ts';
import { operation } from '../support/coalition.ts';

let nova: CoalitionAtWork;
beforeAll(async () => {
  nova = await startCoalition();
});
afterAll(() => nova.app.stop());

const MONEY = 'minor currency';
const POSITION = `netPosition { ${MONEY} } exposure { used { ${MONEY} } limit { ${MONEY} } utilisationBps }`;
const cny = (minor: string) => ({ minor, currency: 'CNY' });

test('positions, exposure and pool follow what is earned and burned', async () => {
  const { id } = await nova.enrol();
  const coverage = async () =>
    (await nova.done(nova.aero, '{ poolCoverage { currency { code outstanding } outstanding liabilityMicros poolMicros coverageBps } }'))
      .poolCoverage;
  expect(await coverage()).toEqual([
    { currency: { code: 'APT', outstanding: 0 }, outstanding: 0, liabilityMicros: '0', poolMicros: '0', coverageBps: 10_000 },
    { currency: { code: 'ZPT', outstanding: 0 }, outstanding: 0, liabilityMicros: '0', poolMicros: '0', coverageBps: 10_000 },
  ]);

  await nova.earn(id, 4_167);
  await nova.earn(id, 1_000, 'MANUAL');
  // 4,167 points x 12,000 micros = 50.004 yuan posted; with 12 pending, 62.004 of 1,000 yuan used.
  expect(await nova.done(nova.aero, `{ viewerPartner { ${POSITION} } }`)).toEqual({
    viewerPartner: { netPosition: cny('-5000'), exposure: { used: cny('6200'), limit: CREDIT_LIMIT, utilisationBps: 620 } },
  });

  const redemption = await nova.hold(id, 2_000);
  expect(await coverage()).toMatchObject([
    { outstanding: 4_167, liabilityMicros: '41670000', poolMicros: '41670000', coverageBps: 10_000 },
    {},
  ]);
  await nova.capture(redemption, 1_500);
  expect(await coverage()).toMatchObject([
    { outstanding: 2_667, liabilityMicros: '26670000', poolMicros: '26670000', coverageBps: 10_000 },
    {},
  ]);
  // 1,500 points x 10,000 micros = 15.00 yuan, less 3 % handling fee.
  expect(await nova.done(nova.depot, `{ viewerPartner { ${POSITION} } }`)).toEqual({
    viewerPartner: { netPosition: cny('1455'), exposure: { used: cny('0'), limit: null, utilisationBps: null } },
  });
});

test('the accrual says the exposure with itself in it', async () => {
  const { id } = await nova.enrol();
  const before = (await nova.done(nova.aero, '{ viewerPartner { exposure { used { minor } } } }')).viewerPartner.exposure.used.minor;
  const input = {
    idempotencyKey: 'exposed',
    externalId: 'exposed',
    member: { id },
    occurredAt: '2026-01-09T12:00:00+08:00',
    points: 100,
    currency: 'APT',
  };
  const { accrue } = await nova.done(
    nova.aero,
    'mutation ($input: AccrueInput!) { accrue(input: $input) { exposure { used { minor } } userErrors { message } } }',
    { input },
  );
  expect(BigInt(accrue.exposure.used.minor)).toBe(BigInt(before) + 120n);
});

test('a process that has followed the cycle and one that reads it afresh say the same position', async () => {
  const { id } = await nova.enrol();
  const position = async (app: Pick<TestApp, 'graphql'>) =>
    (
      await app.graphql(
        '{ aero: partner(code: "AERO") { netPosition { minor } } depot: partner(code: "DEPOT") { netPosition { minor } } }',
        { token: nova.operator },
      )
    ).data;
  const before = await position(nova.app);
  await nova.earn(id, 1_000);
  await nova.capture(await nova.hold(id, 400));
  const [once, twice] = await Promise.all([position(nova.app), position(nova.app)]);
  expect(once).toEqual({
    aero: { netPosition: { minor: String(Number(before.aero.netPosition.minor) - 1_200) } },
    depot: { netPosition: { minor: String(Number(before.depot.netPosition.minor) + 388) } },
  });
  expect(twice).toEqual(once);
  const fresh = await serve(nova.app.url);
  expect(await position(fresh)).toEqual(once);
  await fresh.stop();
});

test("a partner sees its own position and nobody else's; members see no coverage", async () => {
  const foreign = await nova.app.graphql(`{ partner(code: "AERO") { code exposure { used { minor } } } }`, { token: nova.depot });
  expect(foreign.data).toEqual({ partner: { code: 'AERO', exposure: null } });
  expect(foreign.errors).toMatchObject([{ path: ['partner', 'exposure'], extensions: { code: 'FORBIDDEN' } }]);
  const position = await nova.app.graphql('{ partner(code: "AERO") { netPosition { minor } } }', { token: nova.depot });
  expect(position).toMatchObject({ data: { partner: null }, errors: [{ extensions: { code: 'FORBIDDEN' } }] });
  const { token } = await nova.enrol();
  expect(await nova.app.graphql('{ poolCoverage { outstanding } }', { token })).toMatchObject({
    data: null,
    errors: [{ extensions: { code: 'FORBIDDEN' } }],
  });
  expect(await nova.done(nova.operator, `{ program { partners { code ${POSITION} } } }`)).toMatchObject({
    program: { partners: [{ code: 'AERO' }, { code: 'DEPOT' }] },
  });
});

test('there is one open cycle until the first instant of the next month, and it is a node', async () => {
  const { program, clearingCycle } = await nova.done(
    nova.depot,
    '{ program { openCycle { id } } clearingCycle { id status from cutoff } }',
  );
  expect(clearingCycle).toEqual({
    id: program.openCycle.id,
    status: 'OPEN',
    from: '2025-12-31T16:00:00.000Z',
    cutoff: '2026-01-31T16:00:00.000Z',
  });
  const byId =
    'query ($id: ID!) { clearingCycle(id: $id) { id } node(id: $id) { id } viewerPartner { netPosition(cycleId: $id) { minor } } }';
  expect(await nova.done(nova.depot, byId, { id: clearingCycle.id })).toMatchObject({
    clearingCycle: { id: clearingCycle.id },
    node: { id: clearingCycle.id },
  });
  const unknown = await nova.app.graphql(byId, { token: nova.depot, variables: { id: `cyc_${'0'.repeat(32)}` } });
  expect(unknown).toMatchObject({ errors: [{ path: ['viewerPartner', 'netPosition'], extensions: { code: 'BAD_USER_INPUT' } }] });
});

test('the operator sees the positions of all parties, a partner its own, and both that they sum to nothing', async () => {
  const read = async (token: string) => (await nova.app.graphql(operation('cycle-positions'), { token })).data.clearingCycle;
  const all = await read(nova.operator);
  expect(all.positions.map(({ party }: { party: string }) => party)).toEqual(['AERO', 'DEPOT', 'OPERATOR', 'POOL']);
  const own = await read(nova.depot);
  expect(own.positions).toEqual(all.positions.filter(({ party }: { party: string }) => party === 'DEPOT'));
  expect([all.sumCheck, own.sumCheck]).toEqual([cny('0'), cny('0')]);
  const { token } = await nova.enrol();
  const { errors } = await nova.app.graphql(operation('cycle-positions'), { token });
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
});

test('a partner sees its own draft lines and nobody else its', async () => {
  const lines = 'draftLines { type description exactMicros amount { minor } }';
  const mine = await nova.done(nova.depot, `{ viewerPartner { ${lines} } }`);
  expect(await nova.done(nova.operator, `{ partner(code: "DEPOT") { ${lines} } }`)).toEqual({ partner: mine.viewerPartner });
  expect(mine.viewerPartner.draftLines.map(({ type }: { type: string }) => type)).toEqual(['REIMBURSEMENT', 'HANDLING_FEE']);
  const foreign = await nova.app.graphql(`{ partner(code: "DEPOT") { ${lines} } }`, { token: nova.aero });
  expect(foreign).toMatchObject({ data: { partner: null }, errors: [{ extensions: { code: 'FORBIDDEN' } }] });
});
