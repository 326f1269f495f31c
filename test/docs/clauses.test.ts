import { takeFromBlocks } from '../../src/exchange/funding/point-blocks.rules.ts';
import { daysAfter, plusDays } from '../../src/kernel/instant.ts';
import { minorOfMicros } from '../../src/kernel/money.ts';
import { BPS, divideHalfAwayFromZero, scaleFloor } from '../../src/kernel/ratio.ts';
import { splitLargestRemainder } from '../../src/kernel/split.ts';
import { type ClauseKind, type ClauseOf, clausesOf } from '../../src/partners/contracts/clause.ts';
import { passesTenderShare } from '../../src/partners/contracts/clauses/acceptance/acceptance.rules.ts';
import { handlingFeeMinor } from '../../src/partners/contracts/clauses/acceptance/handling-fee.rules.ts';
import { breakageShares } from '../../src/partners/contracts/clauses/breakage/breakage.rules.ts';
import { CLAUSE_KINDS } from '../../src/partners/contracts/clauses/clause-kinds.ts';
import { costShares } from '../../src/partners/contracts/clauses/cost-allocation/cost-allocation.rules.ts';
import { mayRead } from '../../src/partners/contracts/clauses/data-sharing/data-sharing.rules.ts';
import { creditedFor, rateAfterSpread, rateOf } from '../../src/partners/contracts/clauses/exchange/exchange.rules.ts';
import { conflicts } from '../../src/partners/contracts/clauses/exclusivity/exclusivity.rules.ts';
import { isLate, platformFeeMinor } from '../../src/partners/contracts/clauses/fees/fees.rules.ts';
import { assetsLicensed, logoAmong } from '../../src/partners/contracts/clauses/intellectual-property/intellectual-property.rules.ts';
import { fundedMicros, pointPriceMicros } from '../../src/partners/contracts/clauses/issuance/issuance.rules.ts';
import { shareMicros } from '../../src/partners/contracts/clauses/joint-promotion/joint-promotion.rules.ts';
import { dueDate, lateInterestMinor } from '../../src/partners/contracts/clauses/payment-terms/payment-terms.rules.ts';
import { responsibleFor } from '../../src/partners/contracts/clauses/responsibility/responsibility.rules.ts';
import { revenueShares, shareMinor } from '../../src/partners/contracts/clauses/revenue-share/revenue-share.rules.ts';
import { checkScope } from '../../src/partners/contracts/clauses/scope/scope.rules.ts';
import { restoreClause } from '../../src/partners/contracts/clauses/store-clauses.ts';
import { depositMicros, timelineFromEnd, timelineFromNotice } from '../../src/partners/contracts/clauses/termination/termination.rules.ts';
import { findLoop } from '../../src/partners/rates/arbitrage.rules.ts';
import { type Input, type Nova, startNova } from '../support/coalition.ts';
import { blocksOf, read } from './markdown.ts';

const PAGE = 'docs/clauses.md';
const blocks = blocksOf(PAGE).filter(({ note }) => note === 'clause');

/** The clause that a section shows. */
function clause<Kind extends ClauseKind>(kind: Kind): ClauseOf<Kind> {
  const found = blocks.map(({ text }) => JSON.parse(text)[kind]).find((terms) => terms !== undefined);
  const [shown] = clausesOf([restoreClause({ kind, ...found })], kind);
  if (shown === undefined) throw new Error(`${kind} is not shown`);
  return shown;
}

/** What a section says, on one line. */
function said(heading: string): string {
  const [, text = ''] = read(PAGE).split(`\n## ${heading}\n`);
  return (text.split('\n## ')[0] ?? '').replaceAll(/\s+/g, ' ');
}

const count = (value: bigint): string => new Intl.NumberFormat('en').format(value);
/** Fen as the page writes yuan. */
const yuan = (minor: bigint): string => `${count(minor / 100n)}.${String(minor % 100n).padStart(2, '0')}`;
const yuanOf = (micros: bigint): string => yuan(minorOfMicros(micros, 'CNY'));
const ZONE = 'Asia/Shanghai';
const at = (text: string): Date => new Date(`${text}+08:00`);

/** R and S of the coalition of the page, in micros. */
const PRICES = { APT: [10_000n, 2_000n], BPT: [5_000n, 1_000n], CPT: [20_000n, 3_500n] } as const;
const priced = (currency: keyof typeof PRICES) => ({
  redemptionElementMicros: PRICES[currency][0],
  serviceElementMicros: PRICES[currency][1],
});

test('every kind of clause has a section of its name with one example, in the order of the kinds', () => {
  const kindOf = (heading: string) => heading.toLowerCase().replaceAll(/ (\w)/g, (_, letter: string) => letter.toUpperCase());
  expect(blocks.map(({ heading }) => kindOf(heading))).toEqual(CLAUSE_KINDS.map(({ kind }) => kind));
  expect(blocks.map(({ text }) => Object.keys(JSON.parse(text)))).toEqual(CLAUSE_KINDS.map(({ kind }) => [kind]));
});

test('every part of every clause is named in its section', () => {
  const missing = CLAUSE_KINDS.flatMap(({ kind, parameters }) => {
    const { heading = '' } = blocks.find(({ text }) => kind in JSON.parse(text)) ?? {};
    return Object.keys(parameters.shape)
      .filter((name) => !said(heading).includes(name))
      .map((name) => `${kind}.${name}`);
  });
  expect(missing).toEqual([]);
});

describe('in the coalition of the page', () => {
  let nova: Nova;
  beforeAll(async () => {
    nova = await startNova();
  });
  afterAll(() => nova.stop());

  const PROPOSED_TO: Readonly<Record<string, string>> = {
    acceptance: 'DEPOT',
    revenueShare: 'DEPOT',
    breakage: 'CAFE',
    termination: 'CAFE',
  };

  /** The fields that a block gives, as a selection. */
  function selectionOf(value: object): string {
    return Object.entries(value)
      .map(([name, part]) => {
        const inner = Array.isArray(part) ? part[0] : part;
        return typeof inner === 'object' ? `${name} { ${selectionOf(inner)} }` : name;
      })
      .join(' ');
  }

  /** Instants by their moment, whatever their offset. */
  const alike = (value: object): object =>
    JSON.parse(
      JSON.stringify(value).replaceAll(/"(\d{4}-\d\d-\d\dT[^"]*)"/g, (_, instant: string) => `"${new Date(instant).toISOString()}"`),
    );

  test.each(CLAUSE_KINDS.map(({ kind }) => kind))('the clause %s of the page is accepted and shown as it was written', async (kind) => {
    const [block] = blocks.filter(({ text }) => kind in JSON.parse(text));
    const shown: Record<string, Input> = JSON.parse(block?.text ?? '{}');
    const partner = PROPOSED_TO[kind] ?? 'AERO';
    const beside: Input[] = [
      { scope: { roles: ['ISSUER', 'ACCEPTOR'] } },
      ...(partner === 'AERO' ? [{ issuance: { currency: 'APT', redemptionElementMicros: '10000', serviceElementMicros: '2000' } }] : []),
    ];
    const clauses = [shown, ...beside.filter((one) => !(kind in one))];
    const { contract } = await nova.operate<{ contract: { id: string } }>('propose-contract', {
      partner,
      effectiveFrom: '2026-03-01T00:00:00+08:00',
      clauses,
    });
    const output = `${kind[0]?.toUpperCase()}${kind.slice(1)}Clause`;
    const { data, errors } = await nova.app.graphql(
      `query Shown($id: ID!) { node(id: $id) { ... on Contract { versions(first: 1) { edges { node {
        clauses { ... on ${output} { ${selectionOf(shown[kind] ?? {})} } } } } } } } }`,
      { token: nova.operator, variables: { id: contract.id } },
    );
    expect(errors).toBeUndefined();
    expect(data.node.versions.edges[0].node.clauses[0]).toEqual(alike(shown[kind] ?? {}));
  });
});

test('what is refused under the scope is refused by its rule', () => {
  const scope = clause('scope');
  const attempt = (channel: 'KIOSK' | 'POS', locationId: string | undefined, role: 'ISSUER' | 'CHARITY' = 'ISSUER') =>
    'done' in checkScope(scope, [role], { channel, locationId }, 'do this');
  expect(attempt('POS', 'S1')).toBe(true);
  expect([attempt('KIOSK', 'S1'), attempt('POS', 'S9'), attempt('POS', undefined), attempt('POS', 'S1', 'CHARITY')]).toEqual([
    false,
    false,
    false,
    false,
  ]);
  expect(scope.directIssuance).toBe(false);
});

test('points cost at issue and at the burn what the page says, under each way of funding', () => {
  const page = said('Issuance');
  const { issueShareBps } = clause('issuance');
  const cost = (fundingModel: 'ON_ISSUANCE' | 'ON_REDEMPTION' | 'HYBRID') => {
    const funded = fundedMicros({ ...priced('APT'), fundingModel, issueShareBps });
    return { funded, unfunded: PRICES.APT[0] - funded };
  };
  const [full, later, hybrid] = [cost('ON_ISSUANCE'), cost('ON_REDEMPTION'), cost('HYBRID')];
  const whole = pointPriceMicros(priced('APT'));
  const [, service] = PRICES.APT;
  expect(page).toContain(
    `1,000 x ${count(whole)} micros: ${yuanOf(1000n * full.funded)} CNY to the pool, ${yuanOf(1000n * service)} to the operator | nothing`,
  );
  expect(full.unfunded).toBe(0n);
  expect(page).toContain(
    `1,000 x ${count(service)} micros: ${yuanOf(1000n * service)} to the operator | 1,000 x ${count(later.unfunded)} micros: ${yuanOf(1000n * later.unfunded)} to the pool`,
  );
  expect(later.funded).toBe(0n);
  expect(page).toContain(
    `1,000 x (${count(hybrid.funded)} + ${count(service)}) micros: ${yuanOf(1000n * hybrid.funded)} to the pool, ${yuanOf(1000n * service)} to the operator`,
  );
  expect(page).toContain(`1,000 x ${count(hybrid.unfunded)} micros: ${yuanOf(1000n * hybrid.unfunded)} to the pool`);
  expect(page).toContain(`Of 1,000 HYBRID points that is ${yuanOf(1000n * hybrid.unfunded)} CNY`);
});

test('a commitment and a block come to what the page says', () => {
  const page = said('Issuance');
  const price = pointPriceMicros(priced('APT'));
  const missing = (clause('issuance').minCommitmentPoints ?? 0n) - 60_000n;
  expect(page).toContain(`${count(missing)} x ${count(price)} micros = ${yuanOf(missing * price)} CNY`);
  expect(page).toContain(`10,000 x ${count(price)} micros = ${yuanOf(10_000n * price)} CNY`);
  const block = {
    id: 'b',
    partnerId: 'p',
    currencyNo: 1,
    points: 10_000n,
    remaining: 10_000n,
    redemptionMicros: PRICES.APT[0],
    serviceMicros: PRICES.APT[1],
    alertPoints: undefined,
    purchasedAt: at('2026-01-10T00:00:00'),
  };
  const left = takeFromBlocks([block], 3_000n)?.blocks ?? [];
  expect(page).toContain(`an accrual of 3,000 leaves ${count(left[0]?.remaining ?? 0n)}`);
  expect(takeFromBlocks(left, 8_000n)).toBeUndefined();
});

test('a burn pays the partner and the operator what the page says', () => {
  const page = said('Acceptance');
  const terms = clause('acceptance');
  const [standard, agreed] = [PRICES.APT[0], terms.reimbursementMicros ?? 0n];
  const fee = (micros: bigint) => yuan(handlingFeeMinor(terms, minorOfMicros(1000n * micros, 'CNY')));
  expect(page).toContain(
    `1,000 x ${count(standard)} micros = ${yuanOf(1000n * standard)} CNY, less a fee of ${fee(standard)} | ${fee(standard)} |`,
  );
  expect(page).toContain(
    `1,000 x ${count(agreed)} micros = ${yuanOf(1000n * agreed)} CNY, less a fee of ${fee(agreed)} | ${yuanOf(1000n * (standard - agreed))} and ${fee(agreed)} |`,
  );
  expect(page).toContain('more than half of an order of 19.99, `CAP_EXCEEDED`; of 20.00 they pass');
  expect([1_999n, 2_000n].map((order) => passesTenderShare(terms, 1000n * standard, order, 'CNY'))).toEqual([true, false]);
  expect(page).toContain(`${count((terms.minPoints ?? 0n) - 1n)} points: \`BELOW_MINIMUM\``);
  expect(page).toContain(`${count((terms.perMemberDayPoints ?? 0n) + 1n)} points of one member`);
});

test('an exchange gives, costs and divides what the page says', () => {
  const page = said('Exchange');
  const terms = clause('exchange');
  const mid = rateOf(terms, PRICES.APT[0], PRICES.BPT[0]);
  expect(page).toContain(`${count(mid.numerator)} / ${count(mid.denominator)} = ${mid.numerator / mid.denominator};`);
  const credited = creditedFor(terms, mid, 1_010n);
  expect(page).toContain(`floor((1,010 - ${terms.feePoints}) x 2 x 0.95) = ${count(credited)} BPT`);
  const [given, received, fee] = [1_010n * PRICES.APT[0], credited * PRICES.BPT[0], terms.feePoints * PRICES.APT[0]];
  expect(page).toContain(`1,010 x ${count(PRICES.APT[0])} micros = ${yuanOf(given)} CNY`);
  expect(page).toContain(`${count(credited)} x ${count(PRICES.BPT[0])} micros = ${yuanOf(received)} CNY`);
  expect(page).toContain(`${terms.feePoints} x ${count(PRICES.APT[0])} micros = ${yuanOf(fee)} CNY`);
  const spread = minorOfMicros(given - received - fee, 'CNY');
  const parts = splitLargestRemainder(spread, [
    { name: 'OPERATOR', weight: BigInt(terms.operatorShareBps) },
    { name: 'AERO', weight: BigInt(terms.sourceShareBps) },
    { name: 'BOOKS', weight: BigInt(terms.destinationShareBps) },
  ]);
  const part = (name: string) => yuan(parts.get(name) ?? 0n);
  expect(page).toContain(
    `${yuan(spread)} CNY, of which the operator has ${part('OPERATOR')}, AERO ${part('AERO')} and BOOKS ${part('BOOKS')}`,
  );
  const repriced = credited * 6_000n;
  expect(page).toContain(
    `worth ${yuanOf(repriced)} CNY and the spread ${yuanOf(given)} - ${yuanOf(repriced)} - ${yuanOf(fee)} = -${yuanOf(repriced + fee - given)}`,
  );
  expect(1_010n % (terms.increment ?? 1n)).toBe(0n);
  expect(page).toContain('1,015 APT, no multiple of `increment`');
  expect(1_015n % (terms.increment ?? 1n)).not.toBe(0n);
});

test('the loop of the page gains what it says', () => {
  const terms = clause('exchange');
  const there = rateAfterSpread(rateOf(terms, PRICES.APT[0], PRICES.BPT[0]), terms.spreadBps);
  const edges = [
    { from: 'APT', to: 'BPT', rate: there },
    { from: 'BPT', to: 'APT', rate: { numerator: 53n, denominator: 100n } },
  ];
  const loop = findLoop({ edges, worth: new Map() }, { isEvenAllowed: true });
  expect(loop?.currencies).toEqual(['APT', 'BPT', 'APT']);
  const { numerator = 0n, denominator = 1n } = loop?.product ?? {};
  expect(said('Exchange')).toContain(`1.9 x 0.53 = ${Number(numerator) / Number(denominator)}`);
});

test('a revenue share comes to what the page says', () => {
  const page = said('Revenue share');
  const terms = clause('revenueShare');
  const share = (minor: bigint) =>
    yuan(shareMinor(revenueShares(terms, [{ payee: 'AERO', micros: minor * 10_000n }], 'CNY', 'OPERATOR').get('AERO') ?? 0n, 'CNY'));
  expect(page).toContain(`sales of 80,000.00 CNY to members who joined through AERO: ${terms.bps} bps are ${share(8_000_000n)}`);
  expect(page).toContain(
    `Of 33,333.00 they are ${count((3_333_300n * BigInt(terms.bps)) / BPS)}.5 fen, rounded once to ${share(3_333_300n)}`,
  );
  expect(page).toContain(`of 200,000.00 it pays ${share(20_000_000n)} instead of ${yuan((20_000_000n * BigInt(terms.bps)) / BPS)}`);
});

test('breakage is divided as the page says', () => {
  const page = said('Breakage');
  const whole = minorOfMicros(2_001n * PRICES.CPT[0], 'CNY');
  const shares = breakageShares(clause('breakage'), 'CAFE', 'OPERATOR');
  const parts = splitLargestRemainder(whole, shares);
  expect(page).toContain(`2,001 x ${count(PRICES.CPT[0])} micros = ${count(whole)} fen`);
  const exact = shares.map(({ weight }) => `${count((whole * weight) / BPS)}.${((whole * weight) % BPS) / 1000n}`);
  expect(page).toContain(`40 % is ${exact[0]}, the rest ${exact[1]}`);
  expect(page).toContain(`${count(parts.get('CAFE') ?? 0n)} for CAFE, ${count(parts.get('OPERATOR') ?? 0n)} for the operator`);
  expect(breakageShares(undefined, 'CAFE', 'OPERATOR')).toEqual([{ name: 'OPERATOR', weight: 1n }]);
});

test('a budget is divided as the page says', () => {
  const terms = clause('costAllocation');
  const transactions = { AERO: 5_000n, BOOKS: 3_000n, CAFE: 1_500n, DEPOT: 2_500n };
  const measures = Object.entries(transactions).map(([partner, many]) => ({
    partner,
    fundingMinor: 0n,
    burnMinor: 0n,
    transactions: many,
    activeMembers: 0n,
  }));
  const parts = splitLargestRemainder(terms.budget.minor, costShares(terms, measures));
  const [aero, books, cafe, depot] = Object.keys(transactions).map((partner) => yuan(parts.get(partner) ?? 0n));
  expect(said('Cost allocation')).toContain(
    `5,000, 3,000, 1,500 and 2,500 transactions divide ${yuan(terms.budget.minor)} CNY into ${aero}, ${books}, ${cafe} and ${depot}`,
  );
});

test('a joint promotion costs its funders what the page says', () => {
  const price = pointPriceMicros(priced('APT'));
  const [aero, cafe] = clause('jointPromotion').contributions.map(({ weight }) => yuanOf(shareMicros(30_000n * price, weight)));
  expect(said('Joint promotion')).toContain(`30,000 x ${count(price)} micros = ${yuanOf(30_000n * price)} CNY: AERO ${aero}, CAFE ${cafe}`);
});

test('a statement is due, and late, as the page says', () => {
  const page = said('Payment terms');
  const terms = clause('paymentTerms');
  expect(dueDate(terms, '2026-02-05')).toBe('2026-02-20');
  expect(page).toContain('issued on 5 February is due on 20 February');
  const late = lateInterestMinor(terms, 866_267n, '2026-02-20', daysAfter('2026-02-20', 3));
  expect(page).toContain(
    `${yuan(866_267n)} CNY paid three days late cost 866,267 x ${terms.lateInterestBpsPerDay} x 3 / 10,000 = 1,299.4 fen, so ${yuan(late)} CNY`,
  );
});

test('a claim goes where the page says', () => {
  const { task } = clause('responsibility');
  expect(responsibleFor([clause('responsibility')], task, 'AERO')).toBe('CAFE');
  expect(responsibleFor([clause('responsibility')], 'ACCRUAL_ERROR', 'AERO')).toBe('AERO');
});

test('a logo is shown when and where the page says', () => {
  const logo = (instant: string, territory?: string) =>
    logoAmong(assetsLicensed([clause('intellectualProperty')], at(instant), territory))?.url;
  const [last, over] = ['2026-12-31T23:59:59', '2027-01-01T00:00:00'];
  expect(logo(last, 'CN')).toBe('https://aero.example/logo.svg');
  expect([logo(over, 'CN'), logo(last, 'JP'), logo(last)]).toEqual([undefined, undefined, undefined]);
});

test('a category is the same in capitals or not', () => {
  const { category } = clause('exclusivity');
  expect([conflicts(category, 'coffee'), conflicts(category, 'TEA'), conflicts(category, undefined)]).toEqual([true, false, false]);
});

test('a partner reads of members what the page says', () => {
  const granted = (...purposes: ('DATA_SHARING' | 'PERSONALISATION')[]) => purposes.map((purpose) => ({ purpose, granted: true }));
  const terms = clause('dataSharing');
  expect(mayRead(terms, 'CONTACT', granted('DATA_SHARING', 'PERSONALISATION'))).toBe(true);
  expect([granted('DATA_SHARING'), granted('PERSONALISATION')].map((consents) => mayRead(terms, 'CONTACT', consents))).toEqual([
    false,
    false,
  ]);
  expect(terms.minimumGroupSize).toBe(5);
});

test('fees come to what the page says', () => {
  const page = said('Fees');
  const terms = clause('fees');
  expect(page).toContain(
    `more than ${terms.lateSubmissionHours} hours after they happened, cost ${yuan(3n * (terms.lateSubmissionFee?.minor ?? 0n))} CNY`,
  );
  expect(page).toContain(`The platform costs ${yuan(platformFeeMinor(terms))} CNY a cycle`);
  const bought = at('2026-01-10T10:00:00');
  expect([0, 1].map((more) => isLate(terms, bought, new Date(bought.getTime() + 72 * 3_600_000 + more)))).toEqual([false, true]);
});

test('a contract ends when the page says', () => {
  const page = said('Termination');
  const terms = clause('termination');
  const notice = at('2026-01-10T09:00:00');
  const day = (instant: Date) => new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', timeZone: ZONE }).format(instant);
  const { earnEnd, burnEnd, tailEnd } = timelineFromNotice(terms, notice, ZONE);
  expect(page).toContain(`earning ends | ${day(earnEnd)} |`);
  expect(page).toContain(`burning at the partner ends | ${day(burnEnd)} |`);
  expect(page).toContain(`nothing settles any more | ${day(tailEnd)} |`);
  const end = at('2026-06-30T00:00:00');
  expect(page).toContain(`= ${terms.burnEndDays - terms.earnEndDays} days more`);
  expect(timelineFromEnd(terms, end, ZONE).burnEnd).toEqual(plusDays(end, 60, ZONE));
});

test('a deposit and points that are paid out or converted come to what the page says', () => {
  const page = said('Termination');
  const [worth] = PRICES.CPT;
  const deposit = depositMicros(150_000n, worth, clause('termination').depositBps);
  expect(page).toContain(`${count(150_000n)} CPT under ON_REDEMPTION x ${count(worth)} micros x 85 % = ${yuanOf(deposit)} CNY`);
  expect(page).toContain(`500 CPT become ${count(scaleFloor(500n, worth, PRICES.APT[0]))} APT`);
  expect(page).toContain(`500 CPT become a voucher of ${yuan(divideHalfAwayFromZero(500n * worth, 10_000n))} CNY`);
});
