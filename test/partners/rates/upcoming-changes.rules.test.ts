import { upcomingChanges } from '../../../src/partners/rates/upcoming-changes.rules.ts';
import { coalitionOf, contractOf, day, exchange, R, versionOf } from './contracts-at-hand.ts';

const acceptance = (currencies: string[], more: object = {}) => ({ acceptance: { currencies, ...more } });
const changesOf = (...parameters: Parameters<typeof upcomingChanges>) =>
  upcomingChanges(...parameters).map(({ kind, partnerId, currency, toCurrency, effectiveFrom, before, after, isWorse }) =>
    [
      effectiveFrom.getUTCDate(),
      partnerId,
      kind,
      ...(currency === undefined ? [] : [currency]),
      ...(toCurrency === undefined ? [] : [toCurrency]),
      ...(before === undefined && after === undefined ? [] : [`${before ?? 'nothing'} -> ${after ?? 'nothing'}`]),
      isWorse ? 'worse' : 'not worse',
    ].join(' '),
  );

const B = contractOf('B', [versionOf(1, 'B', [R('BPT', 5_000)], 1)]);
/** A in two versions, the second from the 10th on. */
const amended = (first: object[], second: object[]) => contractOf('A', [versionOf(1, 'A', first, 1, 10), versionOf(2, 'A', second, 10)]);
const PRICE = R('APT', 10_000);

test.each([
  ['a larger spread', exchange('APT', 'BPT', 500), exchange('APT', 'BPT', 700), '1000 APT = 1900 BPT -> 1000 APT = 1860 BPT worse'],
  ['a smaller spread', exchange('APT', 'BPT', 500), exchange('APT', 'BPT', 300), '1000 APT = 1900 BPT -> 1000 APT = 1940 BPT not worse'],
  ['an agreed rate', exchange('APT', 'BPT', 0), exchange('APT', 'BPT', 0, [7, 4]), '1000 APT = 2000 BPT -> 1000 APT = 1750 BPT worse'],
  [
    'a fee with a better rate',
    exchange('APT', 'BPT', 500),
    exchange('APT', 'BPT', 0, undefined, { feePoints: 5 }),
    '1000 APT = 1900 BPT -> 1000 APT = 1990 BPT worse',
  ],
  [
    'a change that a thousand points do not show',
    exchange('APT', 'BPT', 0, [2, 1]),
    exchange('APT', 'BPT', 0, [19_999, 10_000]),
    '1000 APT = 2000 BPT -> 1000 APT = 1999 BPT worse',
  ],
  [
    'a change that only a million shows',
    exchange('APT', 'BPT', 0, [200_001, 100_000]),
    exchange('APT', 'BPT', 0, [200_002, 100_000]),
    '1000000 APT = 2000010 BPT -> 1000000 APT = 2000020 BPT not worse',
  ],
])('an exchange with %s is told with what it gave and will give', (_, before, after, told) => {
  expect(changesOf(coalitionOf([amended([PRICE, before], [PRICE, after]), B]), day(5))).toEqual([`10 A EXCHANGE_RATE APT BPT ${told}`]);
});

test('the same rate in other words, and limits that are no rate, change nothing', () => {
  const before = [PRICE, exchange('APT', 'BPT', 0), acceptance(['APT'])];
  const after = [PRICE, exchange('APT', 'BPT', 0, [4, 2], { minPoints: 100 }), acceptance(['APT'], { reimbursementMicros: 10_000n })];
  expect(changesOf(coalitionOf([amended(before, after), B]), day(5))).toEqual([]);
});

test('exchanges and acceptances open and end, and points are worth more or less', () => {
  const before = [PRICE, exchange('APT', 'BPT', 500), acceptance(['APT'], { reimbursementMicros: 9_000n }), acceptance(['BPT'])];
  const after = [PRICE, exchange('APT', 'PTS', 0), acceptance(['APT', 'PTS'], { reimbursementMicros: 8_000n })];
  const PTS = contractOf('B', [versionOf(1, 'B', [R('BPT', 5_000), R('PTS', 1_000)], 1)]);
  expect(changesOf(coalitionOf([amended(before, after), PTS]), day(5))).toEqual([
    '10 A ACCEPTANCE_BEGINS PTS nothing -> 1000 PTS = 8.00 CNY not worse',
    '10 A ACCEPTANCE_ENDS BPT 1000 BPT = 5.00 CNY -> nothing worse',
    '10 A REDEMPTION_RATE APT 1000 APT = 9.00 CNY -> 1000 APT = 8.00 CNY worse',
    '10 A EXCHANGE_OPENS APT PTS nothing -> 1000 APT = 10000 PTS not worse',
    '10 A EXCHANGE_ENDS APT BPT 1000 APT = 1900 BPT -> nothing worse',
  ]);
});

test("an issuer's new price moves the mid of exchanges and what its points are worth elsewhere", () => {
  const A = contractOf('A', [versionOf(1, 'A', [PRICE, exchange('APT', 'BPT', 500), acceptance(['BPT'])], 1)]);
  const dearer = contractOf('B', [versionOf(1, 'B', [R('BPT', 5_000)], 1, 10), versionOf(2, 'B', [R('BPT', 10_000)], 10)]);
  expect(changesOf(coalitionOf([A, dearer]), day(5))).toEqual([
    '10 A REDEMPTION_RATE BPT 1000 BPT = 5.00 CNY -> 1000 BPT = 10.00 CNY not worse',
    '10 A EXCHANGE_RATE APT BPT 1000 APT = 1900 BPT -> 1000 APT = 950 BPT worse',
  ]);
});

test('a partner that joins brings what it offers, and wakes what was waiting for its price', () => {
  const A = contractOf('A', [versionOf(1, 'A', [PRICE, exchange('APT', 'BPT', 0)], 1)]);
  const joining = contractOf('B', [versionOf(1, 'B', [R('BPT', 5_000), acceptance(['BPT'])], 10)]);
  expect(changesOf(coalitionOf([A, joining]), day(5))).toEqual([
    '10 A EXCHANGE_OPENS APT BPT nothing -> 1000 APT = 2000 BPT not worse',
    '10 B PARTNER_JOINS not worse',
    '10 B EARNING_BEGINS BPT not worse',
    '10 B ACCEPTANCE_BEGINS BPT nothing -> 1000 BPT = 5.00 CNY not worse',
  ]);
});

test('notice ends earning first and burning later, whether or not the contract is suspended', () => {
  const clauses = [PRICE, exchange('APT', 'BPT', 500), acceptance(['APT'])];
  const noticed = contractOf('A', [versionOf(1, 'A', clauses, 1)], {
    noticeGivenAt: day(2),
    earnEnd: day(10),
    burnEnd: day(20),
    tailEnd: day(30),
  });
  const told = [
    '10 A EARNING_ENDS APT worse',
    '20 A ACCEPTANCE_ENDS APT 1000 APT = 10.00 CNY -> nothing worse',
    '20 A BURNING_ENDS worse',
    '20 A EXCHANGE_ENDS APT BPT 1000 APT = 1900 BPT -> nothing worse',
  ];
  expect(changesOf(coalitionOf([noticed, B]), day(5))).toEqual(told);
  expect(changesOf(coalitionOf([{ ...noticed, suspendedAt: day(3) }, B]), day(5))).toEqual(told);
});

test('only what both have signed is told, from the clock on and up to the instant of interest', () => {
  const contract = amended([PRICE, exchange('APT', 'BPT', 500)], [PRICE, exchange('APT', 'BPT', 700)]);
  const [first, second] = contract.versions;
  const proposed = contractOf('A', [
    ...(first ? [{ ...first, effectiveUntil: undefined }] : []),
    ...(second ? [{ ...second, operatorSignedAt: undefined }] : []),
  ]);
  expect(changesOf(coalitionOf([proposed, B]), day(5))).toEqual([]);
  const signed = coalitionOf([contract, B]);
  expect([day(9), day(10)].map((now) => changesOf(signed, now).length)).toEqual([1, 0]);
  expect([day(9), day(10)].map((until) => changesOf(signed, day(5), until).length)).toEqual([0, 1]);
});
