import fc from 'fast-check';
import { accrualOf, type Input, type Nova, redemptionOf, refusal, type UserError } from '../support/coalition.ts';
import { burn, playMonth } from './play-month.ts';
import { aeroTerms, close, depotTerms, startMonth } from './report-month.ts';
import { settlementOf } from './settlement-api.ts';

interface Money {
  readonly minor: string;
}
interface Line {
  readonly no: number | null;
  readonly type: string;
  readonly key: string;
  readonly current: Money;
  readonly simulated: Money;
  readonly difference: Money;
}
interface Simulation {
  readonly lines: readonly Line[];
  readonly netPositions: readonly { readonly party: string; readonly current: Money; readonly simulated: Money }[];
  readonly userErrors: readonly UserError[];
}

let nova: Nova;
let month: string;
const contracts: Record<string, string> = {};
beforeAll(async () => {
  nova = await startMonth();
  await playMonth(nova);
  month = await close(nova);
  for (const partner of ['AERO', 'BOOKS', 'CAFE', 'DEPOT']) {
    const { viewerPartner } = await nova.run<{ viewerPartner: { contract: { id: string } } }>(await nova.token(partner), 'my-contract');
    contracts[partner] = viewerPartner.contract.id;
  }
});
afterAll(async () => {
  const faults = await nova.faults();
  await nova.stop();
  expect(faults).toEqual([]);
});

async function tryOut(partner: string, draft: Input, token = nova.operator, cycleId = month): Promise<Simulation> {
  const variables = { contractId: contracts[partner], cycleId, ...draft };
  return (await nova.run<{ simulateContract: Simulation }>(token, 'simulate-contract', variables)).simulateContract;
}

/** The lines that would have been others, by name: what they are and would have been. */
function changed({ lines, userErrors }: Simulation): Record<string, string> {
  expect(userErrors).toEqual([]);
  for (const { current, simulated, difference } of lines)
    expect(BigInt(difference.minor)).toBe(BigInt(simulated.minor) - BigInt(current.minor));
  const others = lines.filter(({ difference }) => difference.minor !== '0');
  return Object.fromEntries(others.map(({ type, key, current, simulated }) => [`${type} ${key}`, `${current.minor} ${simulated.minor}`]));
}

const sumOf = ({ netPositions }: Simulation): bigint => netPositions.reduce((sum, { simulated }) => sum + BigInt(simulated.minor), 0n);
const simulatedOf = ({ netPositions }: Simulation): Record<string, number> =>
  Object.fromEntries(netPositions.map(({ party, simulated }) => [party, Number(simulated.minor)]));

test('a closed cycle under the terms that were in force comes out as it did, line for line, for every partner', async () => {
  for (const partner of ['AERO', 'BOOKS', 'CAFE', 'DEPOT']) {
    const simulation = await tryOut(partner, { version: 1 });
    expect(changed(simulation)).toEqual({});
    expect(simulation.lines.map(({ no }) => no)).toEqual(simulation.lines.map((_, at) => at + 1));
    expect(simulation.netPositions.every(({ current, simulated }) => current.minor === simulated.minor)).toBe(true);
    expect(sumOf(simulation)).toBe(0n);
  }
  expect(changed(await tryOut('AERO', { clauses: aeroTerms() }))).toEqual({});
});

test('another handling fee changes its line and nothing else', async () => {
  const simulation = await tryOut('DEPOT', { clauses: depotTerms({ handlingFeeBps: 500 }) });
  expect(changed(simulation)).toEqual({ 'HANDLING_FEE DEPOT': '-12900 -21500' });
  expect(simulatedOf(simulation)).toEqual({
    ...{ AERO: -866_267, BOOKS: -284_000, CAFE: -178_101 },
    ...{ DEPOT: 226_267 - 8_600, OPERATOR: 419_102 + 8_600, POOL: 682_999 },
  });
});

test('other prices change what is paid for points and what they are worth, at the quantities of the cycle', async () => {
  // 12 and 3 thousandths of a yuan instead of 10 and 2.
  const simulation = await tryOut('AERO', { clauses: aeroTerms({ redemptionElementMicros: 12_000, serviceElementMicros: 3_000 }) });
  expect(changed(simulation)).toEqual({
    'FUNDING AERO APT': '-1152000 -1440000',
    // Seven tenths of 30,000 points that the promotion gave.
    'JOINT_PROMOTION SPRING': '-25200 -31500',
    'REIMBURSEMENT AERO': '225000 265000',
    // 100,000 points are worth 120,000 fen and gave 95,000; 57,001 points that were got for 60,002 fen are worth 68,401.2.
    'EXCHANGE_SPREAD APT BPT': '1000 5000',
    'EXCHANGE_SPREAD CPT APT': '600 -1680',
    // Two fifths of 15,000 points.
    'BREAKAGE APT': '6000 7200',
  });
  expect(sumOf(simulation)).toBe(0n);
});

test('a partner that funds on redemption pays the service element when it issues, and the rest of what was burned or exchanged', async () => {
  const simulation = await tryOut('AERO', { clauses: aeroTerms({ fundingModel: 'ON_REDEMPTION' }) });
  // 960,000 points at 2,000 micros, 595,000 that were burned and 100,000 that were exchanged at 10,000. Nothing was paid for what expired.
  expect(changed(simulation)).toEqual({ 'FUNDING AERO APT': '-1152000 -887000', 'BREAKAGE APT': '6000 0' });
  const charged = await tryOut('AERO', { clauses: aeroTerms({ fundingModel: 'ON_REDEMPTION', chargeOnExpiry: true }) });
  expect(changed(charged)).toEqual({ 'FUNDING AERO APT': '-1152000 -902000' });
  expect([sumOf(simulation), sumOf(charged)]).toEqual([0n, 0n]);
});

test('a month that is lived under other terms comes out as it was simulated to, line by line and party by party', async () => {
  const others = aeroTerms(
    { serviceElementMicros: 3_456, fundingModel: 'HYBRID', issueShareBps: 3_333, chargeOnExpiry: true, minCommitmentPoints: 961_000 },
    { reimbursementMicros: 8_765, handlingFeeBps: 123 },
  ).map((clause) => ('breakage' in clause ? { breakage: { issuerBps: 7_001, operatorBps: 2_999 } } : clause));
  others.push({ revenueShare: { basis: 'POINTS_VALUE', bps: 250, payee: 'ISSUER' } });
  others.push({ revenueShare: { basis: 'FUNDING', bps: 111, payee: 'HOME' } });
  const simulation = await tryOut('AERO', { clauses: others });
  const lived = await startMonth(others);
  try {
    await playMonth(lived);
    expect(await settlementOf(lived).positions()).toEqual(simulatedOf(simulation));
    expect(await settlementOf(lived).amountsOf('AERO')).toEqual(
      simulation.lines.map(({ type, simulated }) => `${type} ${simulated.minor}`),
    );
  } finally {
    await lived.stop();
  }
});

test('what is divided goes by the clauses that are tried, and a clause that is added makes its line', async () => {
  const terms = aeroTerms({ minCommitmentPoints: 1_000_000 }).filter((clause) => !('breakage' in clause));
  const simulation = await tryOut('AERO', {
    clauses: [
      ...terms,
      { breakage: { issuerBps: 10_000, operatorBps: 0 } },
      { fees: { platformFeePerCycle: { minor: '777', currency: 'CNY' } } },
    ],
  });
  expect(changed(simulation)).toEqual({
    'BREAKAGE APT': '6000 15000',
    'FEE PLATFORM AERO': '0 -777',
    // 40,000 points short, at 12,000 micros.
    'TRUE_UP AERO APT': '0 -48000',
  });
  expect(simulation.lines.filter(({ no }) => no === null).map(({ type }) => type)).toEqual(['FEE', 'TRUE_UP']);
  expect(sumOf(simulation)).toBe(0n);
});

test('whatever prices, rates and fees are tried, lines are quantities times prices, rounded once, and all parties have nothing together', async () => {
  const micros = fc.integer({ min: 0, max: 99_999 });
  const rounded = (exact: bigint) => Number((2n * (exact < 0n ? -exact : exact) + 10_000n) / 20_000n) * (exact < 0n ? -1 : 1);
  await fc.assert(
    fc.asyncProperty(micros, micros, fc.option(micros), fc.integer({ min: 0, max: 10_000 }), async (R, S, rate, handlingFeeBps) => {
      const acceptance = { handlingFeeBps, ...(rate === null ? {} : { reimbursementMicros: rate }) };
      const simulation = await tryOut('AERO', { clauses: aeroTerms({ redemptionElementMicros: R, serviceElementMicros: S }, acceptance) });
      expect(simulation.userErrors).toEqual([]);
      const at = (type: string) => Number(simulation.lines.find((line) => line.type === type)?.simulated.minor ?? 0);
      const reimbursed = rounded(200_000n * BigInt(rate ?? R) + 50_000n * BigInt(rate ?? 5_000));
      expect(at('FUNDING')).toBe(rounded(-960_000n * BigInt(R + S)));
      expect(at('REIMBURSEMENT')).toBe(reimbursed);
      expect(at('HANDLING_FEE')).toBe(-Math.floor((reimbursed * handlingFeeBps + 5_000) / 10_000) + 0);
      const depot = simulatedOf(simulation).DEPOT ?? 0;
      const burned = rounded(300_000n * BigInt(R) + 1_300_000_000n);
      expect(depot).toBe(burned - Math.floor((burned * 300 + 5_000) / 10_000) - 120_000 - 50_000 - 20_833);
      expect(sumOf(simulation)).toBe(0n);
    }),
    { numRuns: 40 },
  );
});

test('a partner tries what was proposed to it, sees its own lines and position, and no other contract', async () => {
  const [aero, books] = [await nova.token('AERO'), await nova.token('BOOKS')];
  const simulation = await tryOut('AERO', { version: 1 }, aero);
  expect(simulation.netPositions.map(({ party }) => party)).toEqual(['AERO']);
  expect(simulation.lines.length).toBeGreaterThan(0);
  const other = await tryOut('AERO', { version: 1 }, books);
  expect([refusal(other), other.userErrors[0]?.field, other.lines, other.netPositions]).toEqual(['VALIDATION', ['contractId'], [], []]);
  // With clauses of its own making it could take part in a budget of others and read from its part what they did.
  expect(refusal(await tryOut('AERO', { clauses: aeroTerms() }, aero))).toBe('FORBIDDEN');
  await nova.operate('draft-contract', {
    partner: 'AERO',
    effectiveFrom: '2026-03-01T00:00:00+08:00',
    clauses: aeroTerms({ serviceElementMicros: 4_000 }),
  });
  expect(refusal(await tryOut('AERO', { version: 2 }, aero))).toBe('VALIDATION');
  expect(changed(await tryOut('AERO', { version: 2 }))).toEqual({
    'FUNDING AERO APT': '-1152000 -1344000',
    'JOINT_PROMOTION SPRING': '-25200 -29400',
  });
  const member = await nova.enrol();
  const variables = { contractId: contracts.AERO, cycleId: month, version: 1 };
  expect((await nova.answer(member.token, 'simulate-contract', variables)).errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
  expect((await nova.answer(undefined, 'simulate-contract', variables)).errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
});

test('terms that could not be proposed are refused with their place, and nothing is ever written', async () => {
  const count = async () => {
    const [rows] = await nova.app.db.rows<Record<string, bigint>>(
      `select (select count(*) from partners.contract_versions) as versions, (select count(*) from partners.contract_events) as events,
         (select count(*) from settlement.lines) as lines, (select count(*) from platform.idempotency_keys) as keys, (select revision from platform.state) as revision`,
    );
    return { ...rows, ...(await nova.countRows()) };
  };
  const before = await count();
  const refused = async (draft: Input) => {
    const { userErrors, lines } = await tryOut('AERO', draft);
    expect(lines).toEqual([]);
    return `${userErrors[0]?.code} ${userErrors[0]?.field?.join('.')}`;
  };
  expect(await refused({})).toBe('VALIDATION version');
  expect(await refused({ version: 1, clauses: aeroTerms() })).toBe('VALIDATION version');
  expect(await refused({ version: 99 })).toBe('VALIDATION version');
  expect(await refused({ clauses: [] })).toBe('VALIDATION clauses');
  expect(await refused({ clauses: aeroTerms({ currency: 'XPT' }) })).toBe('VALIDATION clauses.1.issuance.currency');
  expect(await refused({ clauses: [{}] })).toBe('VALIDATION clauses.0');
  expect(await refused({ contractId: 'ctr_0', version: 1 })).toBe('VALIDATION contractId');
  expect(await refused({ contractId: month, version: 1 })).toBe('VALIDATION contractId');
  const unknown = { contractId: contracts.AERO, cycleId: 'cyc_00000000000000000000000000000000', version: 1 };
  expect((await nova.answer(nova.operator, 'simulate-contract', unknown)).errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
  await tryOut('AERO', { clauses: aeroTerms({ redemptionElementMicros: 1 }) });
  expect(await count()).toEqual(before);
});

test('what was bought or burned before the cycle keeps its price when it is reported, reversed or refunded in it', async () => {
  const terms = { clauses: aeroTerms({ redemptionElementMicros: 20_000, serviceElementMicros: 5_000 }) };
  const tryOpen = async () => {
    const { clearingCycle } = await nova.run<{ clearingCycle: { id: string } }>(nova.operator, 'cycle-positions');
    return changed(await tryOut('AERO', terms, nova.operator, clearingCycle.id));
  };
  const member = await nova.enrol();
  await nova.setClock('2026-02-04T12:00:00+08:00');
  accrualOf(await nova.earn('AERO', member, { points: 1_000, occurredAt: '2026-01-20T10:00:00+08:00' }));
  const { id: bought } = accrualOf(await nova.earn('AERO', member, { points: 100, occurredAt: '2026-02-04T10:00:00+08:00' }));
  // 130 fen more for a hundred points: only the hundred of this cycle.
  expect(await tryOpen()).toEqual({ 'FUNDING AERO APT': '-1320 -1450' });
  const burned = await burn(nova, 'AERO', member, 'APT', 500);
  // Points of before the cycle are burned at the price of now, and their issuer pays what it had not funded of that.
  expect(await tryOpen()).toEqual({ 'FUNDING AERO APT': '-1320 -1950', 'REIMBURSEMENT AERO': '500 1000' });
  await close(nova);
  await nova.setClock('2026-02-05T12:00:00+08:00');
  accrualOf(await nova.reverse('AERO', bought, { points: 50 }));
  redemptionOf(await nova.refund('AERO', burned, { points: 100 }));
  expect(await tryOpen()).toEqual({});
  // More was reversed than issued: that is no shortfall of a partner that has promised nothing.
  expect((await settlementOf(nova).amountsOf('AERO')).slice(0, 2)).toEqual(['FUNDING 60', 'REIMBURSEMENT -100']);
});
