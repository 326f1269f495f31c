import { Client } from 'pg';
import { type Input, type Nova, startNova, type UserError } from '../support/coalition.ts';

let nova: Nova;
beforeAll(async () => {
  nova = await startNova();
});
afterAll(() => nova.stop());

interface Profile {
  readonly name: string;
  readonly kind: string | null;
  readonly revision: number;
  readonly logoUrl: string | null;
  readonly brandAssets: readonly { readonly name: string; readonly url: string }[];
  readonly locations: readonly Input[];
}

/** A partner as anybody who is signed in sees it. */
async function profileOf(code: string, territory?: string, token = nova.operator): Promise<Profile> {
  return (await nova.run<{ partner: Profile }>(token, 'partner-profile', { code, territory })).partner;
}

/** The answer to a mutation of the operator that may be refused. */
async function attempt(name: string, input: Input, token = nova.operator): Promise<Input & { userErrors: readonly UserError[] }> {
  const answer = await nova.run<Record<string, Input & { userErrors: readonly UserError[] }>>(token, name, {
    input: { idempotencyKey: nova.newKey(), ...input },
  });
  const [payload] = Object.values(answer);
  if (payload === undefined) throw new Error(`${name} answered nothing`);
  return payload;
}

const FROM = '2026-01-01T00:00:00+08:00';
const licence = (more: Input): Input => ({
  intellectualProperty: { assets: [{ name: 'LOGO', url: 'https://a.example/logo.svg' }], from: FROM, ...more },
});

describe('kinds and locations', () => {
  const T1 = { externalId: 'T1', name: 'Terminal 1', city: 'Shanghai', country: 'CN', address: null };
  const T2 = { externalId: 'T2', name: 'Terminal 2', city: 'Hong Kong', country: 'HK', address: '1 Sky Plaza Road' };

  test('[L25] an airline, a hotel and a shop say what they are and where members meet them, to everybody', async () => {
    for (const [code, kind, locations] of [
      ['FLY', 'AIRLINE', [T1, T2]],
      ['STAY', 'HOTEL', [{ ...T1, name: 'Hotel' }]],
      ['BUY', 'RETAIL', []],
    ] as const)
      await nova.operate('create-partner', { code, name: code, roles: ['ISSUER'], kind, locations });
    const member = await nova.enrol();
    for (const token of [nova.operator, await nova.token('CAFE'), member.token]) {
      expect(await profileOf('FLY', undefined, token)).toMatchObject({ kind: 'AIRLINE', locations: [T1, T2] });
      expect(await profileOf('STAY', undefined, token)).toMatchObject({ kind: 'HOTEL', locations: [{ externalId: 'T1', name: 'Hotel' }] });
      expect(await profileOf('BUY', undefined, token)).toMatchObject({ kind: 'RETAIL', locations: [] });
    }
    expect(await profileOf('CAFE')).toMatchObject({ kind: null, locations: [] });
  });

  test('a change replaces what it names and leaves the rest, and counts', async () => {
    await nova.operate('create-partner', { code: 'MOVE', name: 'Mover', roles: ['ISSUER'], kind: 'RETAIL', locations: [T1, T2] });
    expect(await profileOf('MOVE')).toMatchObject({ name: 'Mover', revision: 1 });
    await nova.operate('update-partner', { code: 'MOVE', revision: 1, name: 'Moved', locations: [T2] });
    expect(await profileOf('MOVE')).toMatchObject({ name: 'Moved', kind: 'RETAIL', revision: 2, locations: [T2] });
    await nova.operate('update-partner', { code: 'MOVE', kind: 'SERVICE', locations: [] });
    expect(await profileOf('MOVE')).toMatchObject({ name: 'Moved', kind: 'SERVICE', revision: 3, locations: [] });
  });

  test('of two who read the same revision the second is told', async () => {
    await nova.operate('create-partner', { code: 'BUSY', name: 'Busy', roles: ['ISSUER'] });
    await nova.operate('update-partner', { code: 'BUSY', revision: 1, name: 'First' });
    expect((await attempt('update-partner', { code: 'BUSY', revision: 1, name: 'Second' })).userErrors).toMatchObject([
      { code: 'REVISION_CONFLICT', field: ['input', 'revision'], details: { revision: 2 } },
    ]);
    expect(await profileOf('BUSY')).toMatchObject({ name: 'First', revision: 2 });
  });

  test('the same key answers what was done before', async () => {
    const input = { idempotencyKey: 'cafe-once', code: 'CAFE', kind: 'RESTAURANT' };
    const first = await attempt('update-partner', input);
    const { revision } = await profileOf('CAFE');
    expect(await attempt('update-partner', input)).toEqual({ ...first, replayed: true });
    expect(await profileOf('CAFE')).toMatchObject({ kind: 'RESTAURANT', revision });
  });

  test('ten thousand locations are listed, one more is refused', async () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ externalId: `S${at}`, name: 'S', city: 'C', country: 'CN' }));
    await nova.operate('create-partner', { code: 'MANY', name: 'Many', roles: ['ISSUER'], locations: many(10_000) });
    const { locations } = await profileOf('MANY');
    expect([locations.length, locations.at(-1)]).toMatchObject([10_000, { externalId: 'S9999' }]);
    expect((await attempt('update-partner', { code: 'MANY', locations: many(10_001) })).userErrors).toMatchObject([
      { code: 'VALIDATION', field: ['input', 'locations'] },
    ]);
  });

  test.each<[string, Input, string[]]>([
    ['a location twice', { locations: [T1, T1] }, ['locations']],
    ['a location without an id', { locations: [T1, { ...T2, externalId: ' ' }] }, ['locations', '1', 'externalId']],
    ['a location without a city', { locations: [{ ...T1, city: '' }] }, ['locations', '0', 'city']],
    ['a country that does not exist', { locations: [{ ...T1, country: 'XX' }] }, ['locations', '0', 'country']],
    ['an empty name', { name: ' ' }, ['name']],
    ['a partner that does not exist', { code: 'NOBODY' }, ['code']],
    ['an account that is none', { bankAccount: { holder: 'Café', iban: 'DE00' } }, ['bankAccount', 'iban']],
  ])('%s is refused', async (_, more, field) => {
    const { partner, userErrors } = await attempt('update-partner', { code: 'CAFE', ...more });
    expect(partner).toBeNull();
    expect(userErrors).toMatchObject([{ code: 'VALIDATION', field: ['input', ...field] }]);
  });

  test('only the operator changes partners', async () => {
    const partner = await nova.token('CAFE');
    expect((await attempt('update-partner', { code: 'CAFE', name: 'Mine' }, partner)).userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
  });
});

describe('scores', () => {
  const judged = (sum: 11 | 12) => ({ strategicFit: 3, complementarity: 3, brandReputation: 3, operatingAbility: sum - 9 });
  const propose = (partner: string) =>
    attempt('propose-contract', { partner, effectiveFrom: FROM, clauses: [{ scope: { roles: ['ISSUER'] } }] });

  test('[L05] with 11 of 20 the first contract of a partner needs approval, with 12 it does not', async () => {
    await nova.operate('create-partner', { code: 'WEAK', name: 'Weak', roles: ['ISSUER'] });
    await nova.operate('score-partner', { partner: 'WEAK', ...judged(11), note: 'Few stores.' });
    expect((await propose('WEAK')).userErrors).toMatchObject([{ code: 'APPROVAL_REQUIRED' }]);
    await nova.operate('score-partner', { partner: 'WEAK', ...judged(12) });
    expect((await propose('WEAK')).userErrors).toEqual([]);
  });

  test('the latest score counts, those before are kept, and only the operator sees it', async () => {
    await nova.operate('create-partner', { code: 'JUDGED', name: 'Judged', roles: ['ISSUER'] });
    const score = async (token: string) => nova.answer(token, 'partner-score', { code: 'JUDGED' });
    expect((await score(nova.operator)).data.partner.score).toBeNull();
    await nova.operate('score-partner', {
      partner: 'JUDGED',
      strategicFit: 5,
      complementarity: 4,
      brandReputation: 3,
      operatingAbility: 2,
    });
    await nova.operate('score-partner', { partner: 'JUDGED', ...judged(12), note: 'Second look.' });
    expect((await score(nova.operator)).data.partner.score).toMatchObject({ ...judged(12), total: 12, note: 'Second look.' });
    expect(
      await nova.app.db.rows('select 1 from partners.scores s join partners.partners p on p.id = s.partner_id where p.code = $1', [
        'JUDGED',
      ]),
    ).toHaveLength(2);
    const foreign = await score(await nova.token('JUDGED'));
    expect([foreign.data.partner.score, foreign.errors?.[0]?.extensions?.code]).toEqual([null, 'FORBIDDEN']);
  });

  test.each(['strategicFit', 'complementarity', 'brandReputation', 'operatingAbility'])('%s is 1 to 5', async (field) => {
    for (const value of [0, 6])
      expect((await attempt('score-partner', { partner: 'CAFE', ...judged(12), [field]: value })).userErrors).toMatchObject([
        { code: 'VALIDATION', field: ['input', field] },
      ]);
  });

  test('a partner that does not exist is not judged, and a partner judges nobody', async () => {
    expect((await attempt('score-partner', { partner: 'NOBODY', ...judged(12) })).userErrors).toMatchObject([
      { code: 'VALIDATION', field: ['input', 'partner'] },
    ]);
    expect((await attempt('score-partner', { partner: 'CAFE', ...judged(12) }, await nova.token('BOOKS'))).userErrors).toMatchObject([
      { code: 'FORBIDDEN' },
    ]);
  });
});

test('what is wrong with a clause is said with its field, and what is agreed is shown as it was proposed', async () => {
  await nova.operate('create-partner', { code: 'FULL', name: 'Full', roles: ['ISSUER'] });
  const clauses: Input[] = [
    { scope: { roles: ['ISSUER'] } },
    { responsibility: { task: 'CUSTOMER_SERVICE', party: 'CAFE' } },
    licence({ territories: ['CN'] }),
    { exclusivity: { category: 'FLORIST' } },
    { dataSharing: { fields: ['DISPLAY_NAME'], purposes: ['MARKETING'] } },
    { fees: { platformFeePerCycle: { minor: '50000', currency: 'CNY' } } },
  ];
  const propose = (changed: readonly Input[]) => attempt('propose-contract', { partner: 'FULL', effectiveFrom: FROM, clauses: changed });
  const wrong: [number, string, Input][] = [
    [1, 'responsibility.party', { responsibility: { task: 'CUSTOMER_SERVICE', party: 'NOBODY' } }],
    [2, 'intellectualProperty.until', licence({ until: FROM })],
    [3, 'exclusivity.category', { exclusivity: { category: '' } }],
    [4, 'dataSharing.fields', { dataSharing: { fields: [], purposes: ['MARKETING'] } }],
    [5, 'fees.lateSubmissionFee', { fees: { lateSubmissionHours: 1, platformFeePerCycle: { minor: '1', currency: 'CNY' } } }],
  ];
  for (const [at, path, clause] of wrong)
    expect((await propose(clauses.with(at, clause))).userErrors).toMatchObject([
      { code: 'VALIDATION', field: ['input', 'clauses', String(at), ...path.split('.')] },
    ]);
  expect((await propose(clauses)).userErrors).toEqual([]);
  const { data } = await nova.app.graphql(
    `{ partner(code: "FULL") { contract { versions(first: 1) { edges { node { clauses {
      ... on ResponsibilityClause { task party }
      ... on IntellectualPropertyClause { assets { name url } from until territories }
      ... on ExclusivityClause { category }
      ... on DataSharingClause { fields purposes minimumGroupSize }
      ... on FeesClause { lateSubmissionHours lateSubmissionFee { minor } platformFeePerCycle { minor currency } }
    } } } } } } }`,
    { token: nova.operator },
  );
  expect(data.partner.contract.versions.edges[0].node.clauses).toEqual([
    {},
    { task: 'CUSTOMER_SERVICE', party: 'CAFE' },
    {
      assets: [{ name: 'LOGO', url: 'https://a.example/logo.svg' }],
      from: '2025-12-31T16:00:00.000Z',
      until: null,
      territories: ['CN'],
    },
    { category: 'FLORIST' },
    { fields: ['DISPLAY_NAME'], purposes: ['MARKETING'], minimumGroupSize: 5 },
    { lateSubmissionHours: null, lateSubmissionFee: null, platformFeePerCycle: { minor: '50000', currency: 'CNY' } },
  ]);
});

test('a partner with a contract does not move into a category that another holds exclusively', async () => {
  await nova.operate('update-partner', { code: 'CAFE', category: 'Coffee' });
  await nova.amend('CAFE', '2026-01-15T00:00:00+08:00', {
    currency: 'CPT',
    price: [20_000, 3_500],
    clauses: [{ exclusivity: { category: 'COFFEE' } }],
  });
  expect((await attempt('update-partner', { code: 'BOOKS', category: ' coffee' })).userErrors).toMatchObject([
    { code: 'CATEGORY_EXCLUSIVE', field: ['input', 'category'], details: { partner: 'CAFE', category: 'COFFEE' } },
  ]);
  // Itself, another category, and a brand without a contract are in nobody's way.
  for (const [code, category] of [
    ['CAFE', 'COFFEE'],
    ['BOOKS', 'Books'],
    ['FULL', 'Coffee'],
  ])
    await nova.operate('update-partner', { code, category });
});

describe('brand assets', () => {
  const banner = { name: 'BANNER', url: 'https://a.example/banner.png' };

  test('everybody sees them in the countries of their licence', async () => {
    await nova.join('INCN', { clauses: [licence({ territories: ['CN', 'HK'] })] });
    await nova.join('ANYWHERE', { clauses: [licence({}), licence({ assets: [banner], territories: ['DE'] })] });
    const member = await nova.enrol();
    for (const token of [nova.operator, await nova.token('CAFE'), member.token]) {
      const shown = async (code: string, territory?: string) => {
        const { logoUrl, brandAssets } = await profileOf(code, territory, token);
        return [logoUrl, brandAssets.map(({ name }) => name)];
      };
      expect(await shown('INCN', 'HK')).toEqual(['https://a.example/logo.svg', ['LOGO']]);
      expect(await shown('INCN', 'JP')).toEqual([null, []]);
      expect(await shown('INCN')).toEqual([null, []]);
      expect(await shown('ANYWHERE')).toEqual(['https://a.example/logo.svg', ['LOGO']]);
      expect(await shown('ANYWHERE', 'DE')).toEqual(['https://a.example/logo.svg', ['LOGO', 'BANNER']]);
    }
    expect((await profileOf('CAFE')).logoUrl).toBeNull();
  });

  test('nothing is shown of a version that is not in force', async () => {
    await nova.operate('create-partner', { code: 'SOON', name: 'Soon', roles: ['ISSUER'] });
    await nova.operate('propose-contract', {
      partner: 'SOON',
      effectiveFrom: FROM,
      clauses: [{ scope: { roles: ['ISSUER'] } }, licence({})],
    });
    expect(await profileOf('SOON')).toMatchObject({ logoUrl: null, brandAssets: [] });
  });

  test('[L11] after the end of the licence the logo is null, and the next version licenses it anew', async () => {
    await nova.join('MARK', { clauses: [licence({ until: '2026-01-20T00:00:00+08:00' })] });
    await nova.amend('MARK', '2026-01-25T00:00:00+08:00', {
      clauses: [licence({ assets: [{ name: 'Logo', url: 'https://a.example/new.svg' }] })],
    });
    await nova.amend('MARK', '2026-01-28T00:00:00+08:00', {});
    const seen = async () => (await profileOf('MARK')).logoUrl;
    expect(await seen()).toBe('https://a.example/logo.svg');
    await nova.setClock('2026-01-19T23:00:00+08:00');
    expect(await seen()).toBe('https://a.example/logo.svg');
    await nova.setClock('2026-01-20T00:00:00+08:00');
    expect(await seen()).toBeNull();
    await nova.setClock('2026-01-25T00:00:00+08:00');
    expect(await seen()).toBe('https://a.example/new.svg');
    await nova.setClock('2026-01-28T00:00:00+08:00');
    expect(await seen()).toBeNull();
  });

  test('a brand that leaves is shown while members may still burn there, and no longer', async () => {
    await nova.join('LEAVES', { clauses: [licence({})] });
    const { contract } = (await nova.run<{ partner: { contract: { id: string } } }>(nova.operator, 'partner', { code: 'LEAVES' })).partner;
    await nova.operate('give-contract-notice', { contractId: contract.id });
    const seen = async () => (await profileOf('LEAVES')).logoUrl;
    expect(await seen()).toBe('https://a.example/logo.svg');
    await nova.setClock('2026-01-31T00:00:00+08:00'); // earning has ended
    expect(await seen()).toBe('https://a.example/logo.svg');
    await nova.setClock('2026-02-02T00:00:00+08:00'); // burning has, too
    expect(await seen()).toBeNull();
    await nova.setClock('2026-03-10T00:00:00+08:00'); // all is over
    expect(await seen()).toBeNull();
  });
});

describe('the database itself refuses', () => {
  let owner: Client;
  beforeAll(async () => {
    owner = new Client({ connectionString: nova.app.url });
    await owner.connect();
  });
  afterAll(() => owner.end());

  async function broken(statement: string): Promise<string | undefined> {
    await owner.query('begin');
    try {
      await owner.query(statement);
      return undefined;
    } catch (error) {
      return (error as { constraint?: string }).constraint;
    } finally {
      await owner.query('rollback');
    }
  }

  const place = (values: string) =>
    `insert into partners.locations (partner_id, external_id, position, name, city, country) select id, ${values} from partners.partners where code = 'CAFE'`;
  const scored = (fit: number) =>
    `insert into partners.scores (partner_id, strategic_fit, complementarity, brand_reputation, operating_ability, scored_by, scored_at)
     select id, ${fit}, 1, 1, 1, 'x', now() from partners.partners`;

  test.each([
    ['a_partner_kind_is_known', "update partners.partners set kind = 'CIRCUS'"],
    ['a_partner_revision_counts_from_one', 'update partners.partners set revision = 0'],
    [
      'a_location_is_listed_once_a_partner',
      `${place("'S', 1, 'S', 'C', 'CN'")} union all ${place("'S', 2, 'S', 'C', 'CN'").replace(/^.*?select/, 'select')}`,
    ],
    ['a_country_has_two_capitals', place("'S', 1, 'S', 'C', 'China'")],
    ['a_score_is_one_to_five', scored(0)],
    ['a_score_is_one_to_five', scored(6)],
    ['scores_are_never_changed', 'update partners.scores set strategic_fit = 5'],
    ['scores_are_never_changed', 'delete from partners.scores'],
    ['scores_are_never_changed', 'truncate partners.scores'],
  ])('%s', async (constraint, statement) => {
    expect(await broken(statement)).toBe(constraint);
  });
});
