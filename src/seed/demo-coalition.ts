import type { FoundedPartner } from '../partners/found-partners.ts';

/** The fictional coalition of the documentation: an airline, a bookshop, a café, and a depot where points are only burned. */
export const DEMO_PROGRAM = {
  code: 'NOVA',
  name: 'Nova',
  timeZone: 'Asia/Shanghai',
  settlementCurrency: 'CNY',
  bankAccount: { holder: 'Nova', iban: 'DE89370400440532013000', bic: 'COBADEFF' },
} as const;

const TERMS = [
  { paymentTerms: { netDays: 15, lateInterestBpsPerDay: 5, disputeWindowDays: 10 } },
  { breakage: { issuerBps: 4_000, operatorBps: 6_000 } },
  { termination: { noticeDays: 30, earnEndDays: 30, burnEndDays: 90, tailMonths: 3, outstandingPolicy: 'HONOUR' } },
] as const;

const TEN_POINTS_A_UNIT = 10_000;

/** Prices are micros of 1 CNY a point: R to the pool, S to the operator. */
export const DEMO_PARTNERS: readonly Omit<FoundedPartner, 'effectiveFrom'>[] = [
  {
    code: 'AERO',
    name: 'Aero',
    roles: ['ISSUER', 'ACCEPTOR', 'EXCHANGER'],
    category: 'AIRLINE',
    bankAccount: { holder: 'Aero', iban: 'NL91ABNA0417164300', bic: 'ABNANL2A' },
    currency: { code: 'APT', name: 'Aero points' },
    clauses: [
      { scope: { roles: ['ISSUER', 'ACCEPTOR', 'EXCHANGER'] } },
      {
        issuance: {
          currency: 'APT',
          redemptionElementMicros: 10_000n,
          serviceElementMicros: 2_000n,
          creditLimit: { minor: 100_000_000n, currency: 'CNY' },
        },
      },
      { acceptance: { currencies: ['APT', 'BPT'] } },
      { exchange: { from: 'APT', to: 'BPT', spreadBps: 500, operatorShareBps: 6_000, sourceShareBps: 2_000, destinationShareBps: 2_000 } },
      ...TERMS,
    ],
    earnRules: [{ code: 'AERO-BASE', currency: 'APT', flatMilliPointsPerUnit: TEN_POINTS_A_UNIT }],
  },
  {
    code: 'BOOKS',
    name: 'Books',
    roles: ['ISSUER', 'ACCEPTOR'],
    category: 'BOOKSHOP',
    bankAccount: { holder: 'Books', iban: 'FR1420041010050500013M02606', bic: 'PSSTFRPP' },
    currency: { code: 'BPT', name: 'Books points' },
    clauses: [
      { scope: { roles: ['ISSUER', 'ACCEPTOR'] } },
      {
        issuance: {
          currency: 'BPT',
          redemptionElementMicros: 5_000n,
          serviceElementMicros: 1_000n,
          creditLimit: { minor: 50_000_000n, currency: 'CNY' },
        },
      },
      { acceptance: { currencies: ['BPT', 'CPT'] } },
      ...TERMS,
    ],
    earnRules: [
      {
        code: 'BOOKS-LADDER',
        currency: 'BPT',
        ladder: {
          mode: 'WHOLE_AMOUNT',
          bands: [
            { uptoMinor: 10_000n, uptoInclusive: false, milliPointsPerUnit: 10_000 },
            { uptoMinor: 50_000n, uptoInclusive: true, milliPointsPerUnit: 12_000 },
            { milliPointsPerUnit: 15_000 },
          ],
        },
      },
    ],
  },
  {
    code: 'CAFE',
    name: 'Café',
    roles: ['ISSUER', 'ACCEPTOR'],
    category: 'COFFEE',
    bankAccount: { holder: 'Café', iban: 'BE68539007547034', bic: 'NICABEBB' },
    currency: { code: 'CPT', name: 'Café points' },
    clauses: [
      { scope: { roles: ['ISSUER', 'ACCEPTOR'] } },
      {
        issuance: {
          currency: 'CPT',
          redemptionElementMicros: 20_000n,
          serviceElementMicros: 3_500n,
          creditLimit: { minor: 50_000_000n, currency: 'CNY' },
        },
      },
      { acceptance: { currencies: ['APT', 'CPT'] } },
      ...TERMS,
    ],
    earnRules: [
      {
        code: 'CAFE-BASE',
        currency: 'CPT',
        flatMilliPointsPerUnit: TEN_POINTS_A_UNIT,
        dailySpendCap: { minor: 500_000n, currency: 'CNY' },
      },
      { code: 'CAFE-GOLD', currency: 'CPT', conditions: { tier: 'GOLD' }, multiplierBps: 15_000 },
    ],
  },
  {
    code: 'DEPOT',
    name: 'Depot',
    roles: ['ACCEPTOR'],
    category: 'HOMEWARE',
    bankAccount: { holder: 'Depot', iban: 'GB29NWBK60161331926819', bic: 'NWBKGB2L' },
    clauses: [
      { scope: { roles: ['ACCEPTOR'] } },
      { acceptance: { currencies: ['APT', 'BPT', 'CPT'], handlingFeeBps: 300 } },
      { paymentTerms: { netDays: 15, lateInterestBpsPerDay: 5, disputeWindowDays: 10 } },
    ],
    earnRules: [],
  },
];

/** Members that exist from the start; the card numbers are fixed so that documentation can name them. */
export const DEMO_MEMBERS = [
  {
    cardNumber: '8800123456780019',
    displayName: '王小明',
    phone: '+8613812345678',
    email: 'xiaoming@example.com',
    home: 'AERO',
    externalId: 'A-1001',
  },
  {
    cardNumber: '8800123456780027',
    displayName: 'Ana Lima',
    phone: '+351912345678',
    email: 'ana@example.com',
    home: 'BOOKS',
    externalId: 'B-2001',
  },
  {
    cardNumber: '8800123456780035',
    displayName: '李雷',
    phone: '+8613987654321',
    email: 'lilei@example.com',
    home: 'CAFE',
    externalId: 'C-3001',
  },
] as const;

/** Purchases of the first days: which member (by place), where, for how many minor units, so many hours after the program's start. */
export const DEMO_PURCHASES = [
  { member: 0, partner: 'AERO', minor: 120_000n, hours: 34 },
  { member: 0, partner: 'CAFE', minor: 4_250n, hours: 58 },
  { member: 0, partner: 'BOOKS', minor: 50_100n, hours: 83 },
  { member: 1, partner: 'BOOKS', minor: 8_999n, hours: 35 },
  { member: 1, partner: 'CAFE', minor: 3_600n, hours: 60 },
  { member: 2, partner: 'CAFE', minor: 5_800n, hours: 33 },
  { member: 2, partner: 'AERO', minor: 88_000n, hours: 107 },
] as const;
