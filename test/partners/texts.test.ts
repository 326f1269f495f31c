import { type Input, type Nova, startNova, type UserError } from '../support/coalition.ts';

let nova: Nova;
beforeAll(async () => {
  nova = await startNova();
});
afterAll(() => nova.stop());

const JANUARY = '2026-01-01T00:00:00+08:00';
const clause = (one: Input) => ({
  partner: 'CAFE',
  effectiveFrom: '2026-03-01T00:00:00+08:00',
  clauses: [{ scope: { roles: ['ISSUER'] } }, one],
});
const brand = (more: Input) => ({ code: 'NEW', name: 'New', roles: ['ISSUER'], ...more });
const place = (more: Input) => ({
  code: 'CAFE',
  locations: [{ externalId: 'S1', name: 'Shop', city: 'Shanghai', country: 'CN', ...more }],
});
const judged = { partner: 'CAFE', strategicFit: 3, complementarity: 3, brandReputation: 3, operatingAbility: 3 };
const rule = (conditions: Input) => ({ code: 'R', partner: 'CAFE', currency: 'CPT', effectiveFrom: JANUARY, bonusPoints: 1, conditions });

/** Every text of contracts and partners that is kept: the document, the input with a text in it, and the field that is named. */
const TEXTS: readonly [name: string, field: string, input: (text: string) => Input][] = [
  ['add-contract-note', 'note', (note) => ({ note })],
  ['sign-contract', 'note', (note) => ({ version: 2, note })],
  ['reject-contract', 'note', (note) => ({ version: 2, note })],
  ['suspend-contract', 'reason', (reason) => ({ reason })],
  ['resume-contract', 'reason', (reason) => ({ reason })],
  ['give-contract-notice', 'reason', (reason) => ({ reason })],
  ['score-partner', 'note', (note) => ({ ...judged, note })],
  ['create-partner', 'name', (name) => brand({ name })],
  ['create-partner', 'category', (category) => brand({ category })],
  ['update-partner', 'name', (name) => ({ code: 'CAFE', name })],
  ['update-partner', 'category', (category) => ({ code: 'CAFE', category })],
  ['update-partner', 'locations.0.externalId', (externalId) => place({ externalId })],
  ['update-partner', 'locations.0.name', (name) => place({ name })],
  ['update-partner', 'locations.0.city', (city) => place({ city })],
  ['update-partner', 'locations.0.address', (address) => place({ address })],
  ['update-partner', 'bankAccount.holder', (holder) => ({ code: 'CAFE', bankAccount: { holder, iban: 'DE89370400440532013000' } })],
  ['create-point-currency', 'name', (name) => ({ code: 'NPT', name })],
  [
    'publish-reward',
    'name',
    (name) => ({ code: 'RW', partner: 'CAFE', name, kind: 'PRODUCT', currency: 'CPT', points: 1, effectiveFrom: JANUARY }),
  ],
  ['publish-earn-rule', 'conditions.skus', (sku) => rule({ skus: [sku] })],
  [
    'propose-contract',
    'clauses.0.scope.locations',
    (id) => ({ partner: 'CAFE', effectiveFrom: '2026-03-01T00:00:00+08:00', clauses: [{ scope: { roles: ['ISSUER'], locations: [id] } }] }),
  ],
  ['propose-contract', 'clauses.1.exclusivity.category', (category) => clause({ exclusivity: { category } })],
  [
    'propose-contract',
    'clauses.1.intellectualProperty.assets.0.name',
    (name) => clause({ intellectualProperty: { assets: [{ name, url: 'https://cafe.example/a.png' }], from: JANUARY } }),
  ],
  [
    'propose-contract',
    'clauses.1.intellectualProperty.assets.0.url',
    (text) => clause({ intellectualProperty: { assets: [{ name: 'LOGO', url: `https://cafe.example/${text}` }], from: JANUARY } }),
  ],
  [
    'propose-contract',
    'clauses.1.costAllocation.code',
    (code) => clause({ costAllocation: { code, budget: { minor: '1', currency: 'CNY' }, basis: 'EQUAL' } }),
  ],
  [
    'propose-contract',
    'clauses.1.jointPromotion.promotion',
    (promotion) =>
      clause({
        jointPromotion: {
          promotion,
          contributions: [{ partner: 'CAFE', weight: '10000' }],
          from: JANUARY,
          until: '2026-02-01T00:00:00+08:00',
        },
      }),
  ],
];

test.each(TEXTS)('%s refuses %s that cannot be kept, or is too long', async (name, field, input) => {
  const { viewerPartner } = await nova.run<{ viewerPartner: { contract: { id: string } } }>(await nova.token('CAFE'), 'my-contract');
  const contractId = / ?contract/.test(name) && name !== 'propose-contract' ? { contractId: viewerPartner.contract.id } : {};
  for (const text of ['a\0b', '\ud800', 'x'.repeat(20_000)]) {
    const { data, errors } = await nova.answer(nova.operator, name, {
      input: { idempotencyKey: nova.newKey(), ...contractId, ...input(text) },
    });
    expect(errors).toBeUndefined();
    const [payload] = Object.values<{ userErrors: readonly UserError[] }>(data);
    const [refused] = payload?.userErrors ?? [];
    expect(refused?.code).toBe('VALIDATION');
    expect(`${refused?.field?.join('.')}.`).toContain(`input.${field}.`);
  }
});

test('what people write with other characters is kept as it is', async () => {
  const name = 'Café 咖啡 😀';
  await nova.operate('update-partner', { code: 'CAFE', name });
  const { partner } = await nova.run<{ partner: { name: string } }>(nova.operator, 'partner', { code: 'CAFE' });
  expect(partner.name).toBe(name);
});
