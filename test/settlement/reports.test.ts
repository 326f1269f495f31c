import { statementCounter } from '../../src/platform/database.ts';
import { cny, type Nova } from '../support/coalition.ts';
import { playMonth } from './play-month.ts';
import { close, startMonth } from './report-month.ts';
import { settlementOf } from './settlement-api.ts';

let nova: Nova;
beforeAll(async () => {
  nova = await startMonth();
  await playMonth(nova);
});
afterAll(async () => {
  const faults = await nova.faults();
  await nova.stop();
  expect(faults).toEqual([]);
});

interface Coded {
  readonly code: string;
}
interface Money {
  readonly minor: string;
}
interface Cost {
  readonly partner: Coded;
  readonly points: number;
  readonly reimbursement: Money;
  readonly reimbursementMicros: string;
  readonly handlingFee: Money;
  readonly operatorMargin: Money;
  readonly costPerPointMicros: string;
}
interface Flow {
  readonly issuer: Coded;
  readonly acceptor: Coded;
  readonly currency: Coded;
  readonly suppressed: boolean;
  readonly points: number | null;
  readonly valueMicros: string | null;
}
interface Share {
  readonly partner: Coded;
  readonly points: number;
  readonly shareBps: number | null;
}

const costs = async (cycleId?: string) =>
  (await nova.run<{ redemptionCost: Cost[] }>(nova.operator, 'redemption-cost', { cycleId })).redemptionCost;
const flows = async (cycleId?: string) =>
  (await nova.run<{ crossPartnerFlow: Flow[] }>(nova.operator, 'cross-partner-flow', { cycleId })).crossPartnerFlow;

/** Exact micros of every partner's REIMBURSEMENT line. */
async function reimbursements(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const partner of ['AERO', 'BOOKS', 'CAFE', 'DEPOT'])
    for (const line of await settlementOf(nova).linesOf(partner)) if (line.type === 'REIMBURSEMENT') found[partner] = line.exactMicros;
  return found;
}

test('[B23] redemption cost says points, reimbursement, fee and cost of a point by partner, as the statement lines do', async () => {
  const shown = (await costs()).map((one) => [
    one.partner.code,
    one.points,
    one.reimbursement.minor,
    one.handlingFee.minor,
    one.operatorMargin.minor,
    one.costPerPointMicros,
  ]);
  expect(shown).toEqual([
    ['AERO', 250_000, '225000', '0', '0', '9000'],
    ['BOOKS', 30_001, '40002', '0', '0', '13334'],
    ['CAFE', 75_000, '75000', '0', '0', '10000'],
    ['DEPOT', 440_000, '430000', '12900', '12900', '9773'],
  ]);
  const exact = await reimbursements();
  for (const { partner, reimbursementMicros } of await costs()) expect(reimbursementMicros).toBe(exact[partner.code]);
});

test('whose points were burned where adds up to each acceptor’s reimbursement, to the micro', async () => {
  const matrix = await flows();
  expect(matrix.map((one) => `${one.issuer.code} ${one.acceptor.code} ${one.currency.code} ${one.points}`)).toEqual([
    'AERO AERO APT 200000',
    'AERO BOOKS APT 20000',
    'AERO CAFE APT 75000',
    'AERO DEPOT APT 300000',
    'BOOKS AERO BPT 50000',
    'BOOKS DEPOT BPT 100000',
    'CAFE BOOKS CPT 10001',
    'CAFE DEPOT CPT 40000',
  ]);
  const sums: Record<string, string> = {};
  for (const { acceptor, valueMicros } of matrix) sums[acceptor.code] = String(BigInt(sums[acceptor.code] ?? 0) + BigInt(valueMicros ?? 0));
  expect(sums).toEqual(await reimbursements());
});

test('[I19] AERO issued 60.76 % of the points of partners, 960 thousand of 1.58 million; those of promotions are apart', async () => {
  const { programKpis } = await nova.run<{ programKpis: Record<string, unknown> & { issuers: Share[]; acceptors: Share[] } }>(
    nova.operator,
    'program-kpis',
  );
  expect(programKpis).toMatchObject({ suppressed: false, issued: 1_580_004, jointlyIssued: 30_000, burned: 795_001, expired: 17_001 });
  const shown = (shares: readonly Share[]) => shares.map(({ partner, points, shareBps }) => `${partner.code} ${points} ${shareBps}`);
  expect(shown(programKpis.issuers)).toEqual(['AERO 960000 6076', 'BOOKS 500003 3165', 'CAFE 120001 759']);
  expect(shown(programKpis.acceptors)).toEqual(['DEPOT 440000 5535', 'AERO 250000 3145', 'CAFE 75000 943', 'BOOKS 30001 377']);
  // 795,001 of 1,610,004 were burned and 17,001 expired; 595,001 of the burned were another brand's.
  expect(programKpis).toMatchObject({ redemptionRateBps: 4_938, breakageRateBps: 106, crossBrandBurnBps: 7_484 });
  expect(programKpis.issuanceConcentrationBps).toBe(4_751);
  expect(programKpis.activeMembers).toBe(3);
});

test('[L16] a scorecard says what a partner issued, burned and is owed, who joined through it, and what share of its lines is disputed', async () => {
  const cards = async (cycleId?: string, token = nova.operator) =>
    (
      await nova.run<{
        partnerScorecards: {
          partner: Coded;
          issued: number;
          burned: number;
          net: Money;
          newMembers: number;
          disputeRateBps: number | null;
          redemptionRateBps: number | null;
        }[];
      }>(token, 'partner-scorecards', { cycleId })
    ).partnerScorecards.map((one) => [
      ...[one.partner.code, one.issued, one.burned, one.net.minor, one.newMembers, one.disputeRateBps, one.redemptionRateBps],
    ]);
  expect(await cards()).toEqual([
    ['AERO', 960_000, 250_000, '-866267', 1, null, 2_604],
    ['BOOKS', 500_003, 30_001, '-284000', 0, null, 600],
    ['CAFE', 120_001, 75_000, '-178101', 1, null, 6_250],
    ['DEPOT', 0, 440_000, '226267', 0, null, null],
  ]);
  expect(await cards(undefined, await nova.token('CAFE'))).toEqual([['CAFE', 120_001, 75_000, '-178101', 1, null, 6_250]]);
});

test('[S20] an uplift of 5000 that cost 2000 returns 150.00 %, per partner and for all together', async () => {
  const ask = async (uplifts: unknown, token = nova.operator) =>
    (await nova.run<{ costBenefit: Record<string, unknown> }>(token, 'cost-benefit', { uplifts })).costBenefit;
  // What the month cost BOOKS is 3,240.02 less what the spread brought: 300,002 + 25,000 - 1,000 fen.
  const uplift = { minor: '810005', currency: 'CNY' };
  expect(await ask([{ partner: 'BOOKS', uplift }])).toMatchObject({
    partners: [
      {
        costs: [
          { type: 'FUNDING', cost: { minor: '300002' } },
          { type: 'EXCHANGE_SPREAD', cost: { minor: '-1000' } },
          { type: 'COST_ALLOCATION', cost: { minor: '25000' } },
        ],
        cost: { minor: '324002' },
        uplift,
        roiBps: 15_000,
      },
    ],
    program: { cost: { minor: '324002' }, roiBps: 15_000 },
    userErrors: [],
  });
  // DEPOT keeps 12,900 + 170,000 + 20,833 fen off its books; 3 % of 113,333.00 of sales are 339,999.
  expect(
    await ask([
      { partner: 'BOOKS', uplift },
      { partner: 'DEPOT', salesUpliftBps: 300 },
    ]),
  ).toMatchObject({
    partners: [{}, { cost: { minor: '203733' }, uplift: { minor: '339999' }, roiBps: 6_688 }],
    program: { cost: { minor: '527735' }, uplift: { minor: '1150004' }, roiBps: 11_791 },
  });
  expect(await ask([{ partner: 'DEPOT', uplift: cny('0.00') }], await nova.token('DEPOT'))).toMatchObject({
    partners: [{ roiBps: -10_000 }],
  });
});

test('an uplift is refused where it cannot be read, and a partner asks only for itself', async () => {
  const refusalOf = async (uplifts: unknown) =>
    (
      await nova.run<{ costBenefit: { partners: unknown[]; program: unknown; userErrors: { code: string; field: string[] }[] } }>(
        nova.operator,
        'cost-benefit',
        { uplifts },
      )
    ).costBenefit;
  const uplift = cny('1.00');
  for (const [uplifts, field] of [
    [[], 'uplifts'],
    [[{ partner: 'NOBODY', uplift }], 'uplifts.0.partner'],
    [[{ partner: 'AERO' }], 'uplifts.0'],
    [[{ partner: 'AERO', uplift, salesUpliftBps: 1 }], 'uplifts.0'],
    [[{ partner: 'AERO', uplift: { minor: '1', currency: 'USD' } }], 'uplifts.0.uplift.currency'],
    [[{ partner: 'AERO', uplift: { minor: '9000000000000000000', currency: 'CNY' } }], 'uplifts.0.uplift.minor'],
    [[{ partner: 'AERO', salesUpliftBps: 10_001 }], 'uplifts.0.salesUpliftBps'],
    [
      [
        { partner: 'AERO', uplift },
        { partner: 'AERO', uplift },
      ],
      'uplifts.1.partner',
    ],
  ] as const) {
    const { partners, program, userErrors } = await refusalOf(uplifts);
    expect([partners, program, userErrors[0]?.code, userErrors[0]?.field.join('.')]).toEqual([[], null, 'VALIDATION', field]);
  }
  const { errors } = await nova.answer(await nova.token('BOOKS'), 'cost-benefit', { uplifts: [{ partner: 'AERO', uplift }] });
  expect(errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
});

const REPORTS = ['redemption-cost', 'cross-partner-flow', 'partner-scorecards', 'program-kpis'];

test('reports are for operators and partners, and an id that is no cycle is an error of the request', async () => {
  const member = await nova.enrol();
  for (const report of [...REPORTS, 'liability-ageing', 'clearing-cycles']) {
    expect((await nova.answer(undefined, report)).errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
    expect((await nova.answer(member.token, report)).errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
  }
  for (const report of REPORTS)
    for (const cycleId of ['cyc_0', 'cyc_00000000000000000000000000000000', 'mem_00000000000000000000000000000000'])
      expect((await nova.answer(nova.operator, report, { cycleId })).errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
});

test('reports of a closed cycle say what they said before it closed, and the next one is empty; each costs few statements, however many partners', async () => {
  const answers = async (cycleId?: string) =>
    Promise.all(REPORTS.map(async (report) => JSON.stringify(await nova.run(nova.operator, report, { cycleId }))));
  const before = await answers();
  const cycleId = await close(nova);
  const after = await answers(cycleId);
  // Only the dispute rate can be said now: no line is disputed.
  expect(after.map((answer) => answer.replaceAll('"disputeRateBps":0', '"disputeRateBps":null'))).toEqual(before);
  expect(await costs()).toEqual([]);
  expect(await flows()).toEqual([]);
  for (const report of REPORTS) {
    const count = statementCounter.count;
    await nova.run(nova.operator, report, { cycleId });
    expect(statementCounter.count - count).toBeLessThanOrEqual(8);
  }
});

test('positions as time went by are paged, newest first; a partner sees its own', async () => {
  interface Cycles {
    readonly clearingCycles: {
      readonly edges: readonly {
        readonly node: { readonly status: string; readonly positions: { party: string; net: Money }[] };
        readonly cursor: string;
      }[];
      readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean; readonly endCursor: string };
    };
  }
  const page = async (variables: Record<string, unknown>, token = nova.operator) =>
    (await nova.run<Cycles>(token, 'clearing-cycles', variables)).clearingCycles;
  const first = await page({ first: 1 });
  expect(first.edges.map(({ node }) => node.status)).toEqual(['OPEN']);
  expect(first.pageInfo.hasNextPage).toBe(true);
  const second = await page({ first: 5, after: first.pageInfo.endCursor });
  expect(second.edges.map(({ node }) => node.status)).toEqual(['CLOSED']);
  expect(second.edges[0]?.node.positions.find(({ party }) => party === 'DEPOT')?.net.minor).toBe('226267');
  expect((await page({ last: 1 })).edges.map(({ node }) => node.status)).toEqual(['CLOSED']);
  expect(
    (await page({}, await nova.token('CAFE'))).edges.map(({ node }) => node.positions.map(({ party, net }) => `${party} ${net.minor}`)),
  ).toEqual([['CAFE -25000'], ['CAFE -178101']]);
  for (const variables of [{ first: -1 }, { first: 101 }, { after: 'x' }, { after: Buffer.from('["a"]').toString('base64url') }])
    expect((await nova.answer(nova.operator, 'clearing-cycles', variables)).errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
});
