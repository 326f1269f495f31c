import { bumpRevision } from '../../src/partners/coalition.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { type CoalitionApi, coalitionApi } from './coalition-api.ts';

let app: TestApp;
let api: CoalitionApi;
let partner: string;
beforeAll(async () => {
  app = await startApp();
  api = await coalitionApi(app);
  await api.partner('A');
  await api.partner('B');
  await api.currency('APT', { issuer: 'A' });
  partner = await api.partnerToken('A');
});
afterAll(() => app.stop());

const FLAT = { code: 'BASE', partner: 'A', currency: 'APT', effectiveFrom: '2026-01-01T00:00:00Z', flatMilliPointsPerUnit: 10_000 };
const LADDER = {
  bands: [
    { uptoMinor: '10000', uptoInclusive: false, milliPointsPerUnit: 10_000 },
    { uptoMinor: '50000', milliPointsPerUnit: 12_000 },
    { milliPointsPerUnit: 15_000 },
  ],
};

test('a rule is shown back with everything it says', async () => {
  const { rule, userErrors } = await api.publish({
    ...FLAT,
    code: 'ALL',
    flatMilliPointsPerUnit: null,
    ladder: LADDER,
    multiplierBps: 15_000,
    bonusPoints: 50,
    conditions: {
      category: 'FLOWERS',
      channels: ['WEB', 'APP'],
      minAmount: { minor: '20000', currency: 'CNY' },
      fromHour: 18,
      untilHour: 22,
      weekdays: [6, 7],
    },
    dailySpendCap: { minor: '500000', currency: 'CNY' },
    frequencyCapPerDay: 3,
    pendingDays: 7,
  });
  expect(userErrors).toEqual([]);
  expect(rule).toEqual({
    id: expect.stringMatching(/^rul_/),
    code: 'ALL',
    version: 1,
    effectiveFrom: '2026-01-01T00:00:00.000Z',
    effectiveUntil: null,
    flatMilliPointsPerUnit: null,
    ladder: {
      mode: 'WHOLE_AMOUNT',
      bands: [
        { uptoMinor: '10000', uptoInclusive: false, milliPointsPerUnit: 10_000 },
        { uptoMinor: '50000', uptoInclusive: true, milliPointsPerUnit: 12_000 },
        { uptoMinor: null, uptoInclusive: true, milliPointsPerUnit: 15_000 },
      ],
    },
    conditions: {
      categories: ['FLOWERS'],
      channels: ['WEB', 'APP'],
      minAmountMinor: '20000',
      fromHour: 18,
      untilHour: 22,
      weekdays: [6, 7],
    },
    multiplierBps: 15_000,
    bonusPoints: 50,
    dailySpendCap: { minor: '500000', currency: 'CNY' },
    frequencyCapPerDay: 3,
    pendingDays: 7,
    partner: { code: 'A' },
    currency: { code: 'APT' },
  });
  const read = await app.graphql('query ($id: ID!) { node(id: $id) { ... on EarnRule { code version } } }', {
    token: partner,
    variables: { id: rule.id },
  });
  expect(read.data.node).toEqual({ code: 'ALL', version: 1 });
});

test('a new version of a rule ends the one before at its start, and leaves that of another partner alone', async () => {
  const first = await api.publish({ ...FLAT, code: 'NEXT' });
  const other = await api.publish({ ...FLAT, code: 'NEXT', partner: 'B' });
  const second = await api.publish({ ...FLAT, code: 'NEXT', effectiveFrom: '2026-02-01T00:00:00Z' });
  expect([first.rule.version, other.rule.version, second.rule.version]).toEqual([1, 1, 2]);
  const ends = async (id: string) =>
    (
      await app.graphql('query ($id: ID!) { node(id: $id) { ... on EarnRule { effectiveUntil } } }', {
        token: api.operator,
        variables: { id },
      })
    ).data.node.effectiveUntil;
  expect([await ends(first.rule.id), await ends(other.rule.id), await ends(second.rule.id)]).toEqual([
    '2026-02-01T00:00:00.000Z',
    null,
    null,
  ]);
});

test('a partner publishes for itself, also without saying so; the operator for all partners', async () => {
  const { partner: _, ...anybody } = FLAT;
  expect((await api.publish({ ...anybody, code: 'OWN' }, partner)).rule.partner).toEqual({ code: 'A' });
  expect((await api.publish({ ...anybody, code: 'EVERY' })).rule.partner).toBeNull();
  expect((await api.publish({ ...FLAT, partner: 'B' }, partner)).userErrors).toMatchObject([
    { code: 'FORBIDDEN', field: ['input', 'partner'] },
  ]);
});

test.each([
  ['an unknown currency', { currency: 'XPT' }, ['input', 'currency']],
  ['an unknown partner', { partner: 'X' }, ['input', 'partner']],
  ['an end before its start', { effectiveUntil: '2025-01-01T00:00:00Z' }, ['input', 'effectiveUntil']],
  ['a flat rate and a ladder', { ladder: LADDER }, ['input', 'ladder']],
  ['a negative rate', { flatMilliPointsPerUnit: -1 }, ['input', 'flatMilliPointsPerUnit']],
  ['a ladder without bands', { flatMilliPointsPerUnit: null, ladder: { bands: [] } }, ['input', 'ladder', 'bands']],
  [
    'a ladder that ends',
    { flatMilliPointsPerUnit: null, ladder: { bands: [{ uptoMinor: '1', milliPointsPerUnit: 1 }] } },
    ['input', 'ladder', 'bands'],
  ],
  [
    'a ladder that descends',
    {
      flatMilliPointsPerUnit: null,
      ladder: { bands: [{ uptoMinor: '2', milliPointsPerUnit: 1 }, { uptoMinor: '1', milliPointsPerUnit: 1 }, { milliPointsPerUnit: 1 }] },
    },
    ['input', 'ladder', 'bands'],
  ],
  ['a negative multiplier', { multiplierBps: -1 }, ['input', 'multiplierBps']],
  ['a negative bonus', { bonusPoints: -1 }, ['input', 'bonusPoints']],
  ['a cap in foreign money', { dailySpendCap: { minor: '1', currency: 'USD' } }, ['input', 'dailySpendCap']],
  ['no time a day', { frequencyCapPerDay: 0 }, ['input', 'frequencyCapPerDay']],
  ['negative days', { pendingDays: -1 }, ['input', 'pendingDays']],
  ['a condition of a wrong kind', { conditions: { fromHour: 'evening' } }, ['input', 'conditions', 'fromHour']],
  ['an evening that ends before it begins', { conditions: { fromHour: 22, untilHour: 2 } }, ['input', 'conditions', 'untilHour']],
  ['an eighth day of the week', { conditions: { weekdays: [8] } }, ['input', 'conditions', 'weekdays', '0']],
  ['an unknown channel', { conditions: { channel: 'FAX' } }, ['input', 'conditions', 'channel']],
  ['a condition said twice', { conditions: { sku: 'A', skus: ['B'] } }, ['input', 'conditions', 'sku']],
  [
    'an amount in foreign money',
    { conditions: { minAmount: { minor: 1, currency: 'USD' } } },
    ['input', 'conditions', 'minAmount', 'currency'],
  ],
])('a rule with %s is refused', async (_, more, field) => {
  expect((await api.publish({ ...FLAT, code: 'BAD', ...more })).userErrors).toMatchObject([{ code: 'VALIDATION', field }]);
});

test('a rule that gives nothing is refused', async () => {
  expect((await api.publish({ ...FLAT, flatMilliPointsPerUnit: null })).userErrors).toMatchObject([{ code: 'VALIDATION', field: null }]);
});

test('an unknown condition is refused, and the answer names the known ones', async () => {
  const { userErrors } = await api.publish({ ...FLAT, code: 'BAD', conditions: { colour: 'RED' } });
  expect(userErrors).toMatchObject([
    { code: 'VALIDATION', field: ['input', 'conditions'], message: expect.stringMatching(/colour.*categories.*weekdays/) },
  ]);
});

test('a partner has at most 1,000 versions of rules, and so has the program', async () => {
  await api.partner('BUSY');
  await api.currency('BUSYPT', { issuer: 'BUSY' });
  const fill = async (owner: string | null, count: number) => {
    await app.db.rows(
      `insert into partners.earn_rules (id, code, version, partner_id, currency_no, effective_from, definition, published_at)
       select gen_random_uuid(), 'OLD' || n, 1, (select id from partners.partners where code = $1), c.no, now(), '{"bonusPoints": "1", "conditions": {}}', now()
       from generate_series(1, $2::integer) n, partners.point_currencies c where c.code = 'BUSYPT'`,
      [owner, count],
    );
    await bumpRevision(app.db);
  };
  await fill('BUSY', 999);
  const rule = { ...FLAT, code: 'LAST', partner: 'BUSY', currency: 'BUSYPT' };
  expect((await api.publish(rule)).userErrors).toEqual([]);
  expect((await api.publish(rule)).userErrors).toMatchObject([{ code: 'CAP_EXCEEDED' }]);
  expect((await api.publish({ ...rule, code: 'NEW' }, await api.partnerToken('BUSY'))).userErrors).toMatchObject([
    { code: 'CAP_EXCEEDED' },
  ]);
  expect((await api.publish({ ...rule, partner: 'B' })).userErrors).toEqual([]);
  expect((await api.publish({ ...rule, partner: null })).userErrors).toEqual([]);
  await fill(null, 999);
  expect((await api.publish({ ...rule, partner: null })).userErrors).toMatchObject([{ code: 'CAP_EXCEEDED' }]);
});
