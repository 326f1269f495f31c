import { readFileSync } from 'node:fs';
import { EXCHANGE_CHECKS } from '../../src/exchange/exchange.checks.ts';
import { verifyLedger } from '../../src/ledger/verify.ts';
import { SETTLEMENT_CHECKS } from '../../src/settlement/settlement.checks.ts';
import { type GraphQLAnswer, startApp, type TestApp } from './app.ts';

/** A document of schema/operations by its file name. */
export const operation = (name: string): string =>
  readFileSync(new URL(`../../schema/operations/${name}.graphql`, import.meta.url), 'utf8');

/** Yuan as the API says them: `cny('12.59')` are 1259 fen. */
export function cny(yuan: string): { minor: string; currency: string } {
  const [units = '', fen = ''] = yuan.split('.');
  return { minor: BigInt(units + fen.padEnd(2, '0')).toString(), currency: 'CNY' };
}

export type Input = Record<string, unknown>;
export interface UserError {
  readonly code: string;
  readonly field: readonly string[] | null;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>> | null;
}
export interface Balance {
  readonly currency: { readonly code: string };
  readonly available: number;
  readonly pending: number;
  readonly held: number;
  readonly version: string;
}
interface Money {
  readonly minor: string;
  readonly currency: string;
}
export interface Exposure {
  readonly used: Money;
  readonly limit: Money | null;
  readonly utilisationBps: number | null;
}
export interface Position {
  readonly code: string;
  readonly netPosition: Money;
  readonly exposure: Exposure;
}
export interface RuleLine {
  readonly rule: string;
  readonly ruleVersion: number;
  readonly points: number;
  readonly reason: string | null;
  readonly cappedAmount: Money | null;
}
export interface Accrual {
  readonly id: string;
  readonly status: string;
  readonly externalId: string;
  readonly points: number;
  readonly reversedPoints: number;
  readonly pendingUntil: string | null;
  readonly fundingMicros: string;
  readonly breakdown: readonly RuleLine[];
}
interface Answer {
  readonly replayed: boolean;
  readonly userErrors: readonly UserError[];
}
export interface AccruePayload extends Answer {
  readonly accrual: Accrual | null;
  readonly balance: Balance | null;
  readonly exposure: Exposure | null;
}
export interface Redemption {
  readonly id: string;
  readonly status: string;
  readonly heldPoints: number;
  readonly capturedPoints: number;
  readonly releasedPoints: number;
  readonly refundedPoints: number;
  readonly expiresAt: string;
  readonly tenderValue: Money;
  readonly reimbursementMicros: string;
  readonly allocations: readonly {
    readonly lotId: string;
    readonly issuer: { readonly code: string };
    readonly points: number;
    readonly expiresAt: string | null;
  }[];
}
export interface RedemptionPayload extends Answer {
  readonly redemption: Redemption | null;
  readonly balance: Balance | null;
}
export interface Member {
  readonly id: string;
  readonly cardNumber: string;
  readonly token: string;
}

/** One yuan is ten points: rule R10. */
export const R10: Input = { code: 'R10', flatMilliPointsPerUnit: 10_000 };

export interface Joining {
  /** Clauses besides or in place of those of the same kind. */
  readonly clauses?: readonly Input[];
  /** Code of the currency that the partner issues; none for one that only accepts. */
  readonly currency?: string;
  readonly expiry?: Input;
  /** R and S in micros a point. */
  readonly price?: readonly [redemptionElement: number, serviceElement: number];
  /** More terms of the issuance clause: a credit limit, a cap. */
  readonly issuance?: Input;
  readonly acceptance?: Input;
  readonly scope?: Input;
  readonly rules?: readonly Input[];
}

const BRANDS = {
  AERO: { currency: 'APT', price: [10_000, 2_000], rules: [R10] },
  BOOKS: { currency: 'BPT', price: [5_000, 1_000], rules: [R10] },
  CAFE: { currency: 'CPT', price: [20_000, 3_500], rules: [R10] },
  DEPOT: { acceptance: { currencies: ['APT', 'BPT', 'CPT'], handlingFeeBps: 300 } },
} as const satisfies Readonly<Record<string, Joining>>;

export type Brand = keyof typeof BRANDS;

export const STARTS_AT = '2026-01-01T00:00:00+08:00';
/** What the clock shows when a test begins. */
export const NOW = '2026-01-15T12:00:00+08:00';

/** The coalition of the feature list (its fixture F0) behind a real server, and the verbs of its partners. */
export interface Nova {
  readonly app: TestApp;
  readonly operator: string;
  token(partner: string): Promise<string>;
  newKey(): string;
  /** Runs a document of schema/operations; errors of GraphQL fail the test. */
  run<T>(token: string, name: string, variables?: Input): Promise<T>;
  /** The same, with its errors. */
  answer(token: string | undefined, name: string, variables?: Input): Promise<GraphQLAnswer>;
  /** Runs a mutation of the operator and expects it to be done. */
  operate<T>(name: string, input: Input): Promise<T>;
  setClock(now: string): Promise<void>;
  /** One more partner with a contract in force from the program's start. */
  join(code: string, how?: Joining): Promise<void>;
  /** A further version of a partner's contract, signed by both. Answers the contract's id. */
  amend(code: string, effectiveFrom: string, how: Joining): Promise<string>;
  publish(partner: string, rule: Input): Promise<void>;
  enrol(who?: Input): Promise<Member>;
  earn(partner: string, member: Member, what: Input): Promise<AccruePayload>;
  earnMany(partner: string, inputs: readonly Input[]): Promise<{ accepted: number; refused: number; results: AccruePayload[] }>;
  accrueInput(member: Member, what: Input): Input;
  confirm(partner: string, accrualId: string, key?: string): Promise<AccruePayload>;
  cancel(partner: string, accrualId: string, key?: string): Promise<AccruePayload>;
  reverse(partner: string, accrualId: string, how?: Input): Promise<AccruePayload>;
  hold(partner: string, member: Member, currency: string, points: number, more?: Input): Promise<RedemptionPayload>;
  capture(partner: string, redemptionId: string, more?: Input): Promise<RedemptionPayload>;
  release(partner: string, redemptionId: string, more?: Input): Promise<RedemptionPayload>;
  refund(partner: string, redemptionId: string, more?: Input): Promise<RedemptionPayload>;
  runJob(name: string, asOf: string, key?: string): Promise<{ run: { affected: number } | null; userErrors: readonly UserError[] }>;
  balanceOf(member: Member, currency: string): Promise<Balance>;
  positionOf(partner: string): Promise<Position>;
  /** What was posted and is stored: nothing may be added by what was refused. */
  countRows(): Promise<Record<string, number>>;
  /** What is off in the ledger, and pools that do not cover their points. */
  faults(): Promise<string[]>;
  stop(): Promise<void>;
}

export async function startNova(vary: Partial<Record<Brand, Joining>> = {}, environment: Record<string, string> = {}): Promise<Nova> {
  const app = await startApp({ LOG_LEVEL: 'error', ...environment });
  const operator = await app.token({ role: 'OPERATOR' });
  const tokens = new Map<string, Promise<string>>();
  let keys = 0;
  const newKey = () => `key-${++keys}`;

  function token(partner: string): Promise<string> {
    const known = tokens.get(partner) ?? app.token({ role: 'PARTNER', partner });
    tokens.set(partner, known);
    return known;
  }

  const answer: Nova['answer'] = (bearer, name, variables = {}) =>
    app.graphql(operation(name), { variables, ...(bearer === undefined ? {} : { token: bearer }) });

  async function run<T>(bearer: string, name: string, variables: Input = {}): Promise<T> {
    const { data, errors } = await answer(bearer, name, variables);
    if (errors !== undefined) throw new Error(`${name}: ${JSON.stringify(errors)}`);
    return data;
  }

  /** The payload of a document's one mutation. */
  async function pay<T>(bearer: string, name: string, variables: Input): Promise<T> {
    const [payload] = Object.values(await run<Record<string, T>>(bearer, name, variables));
    if (payload === undefined) throw new Error(`${name} answered nothing`);
    return payload;
  }

  async function operate<T>(name: string, input: Input, bearer = operator): Promise<T> {
    const payload = await pay<T & { userErrors: readonly UserError[] }>(bearer, name, { input: { idempotencyKey: newKey(), ...input } });
    expect(payload.userErrors).toEqual([]);
    return payload;
  }

  const act = async <T>(partner: string, name: string, input: Input) =>
    pay<T>(await token(partner), name, { input: { idempotencyKey: newKey(), ...input } });

  async function sign(code: string, effectiveFrom: string, how: Joining, version: number): Promise<string> {
    const { currency, price = [10_000, 2_000], clauses = [] } = how;
    const [redemptionElementMicros, serviceElementMicros] = price;
    const roles = currency === undefined ? ['ACCEPTOR'] : ['ISSUER', 'ACCEPTOR'];
    const standard: Input[] = [
      { scope: { roles, ...how.scope } },
      ...(currency === undefined ? [] : [{ issuance: { currency, redemptionElementMicros, serviceElementMicros, ...how.issuance } }]),
      { acceptance: { currencies: [currency ?? 'APT'], ...how.acceptance } },
      { termination: { noticeDays: 1, earnEndDays: 2, burnEndDays: 4, tailMonths: 1, outstandingPolicy: 'HONOUR' } },
    ];
    const kinds = new Set(clauses.flatMap((clause) => Object.keys(clause)));
    const { contract } = await operate<{ contract: { id: string } }>('propose-contract', {
      partner: code,
      effectiveFrom,
      clauses: [...standard.filter((clause) => !Object.keys(clause).some((kind) => kinds.has(kind))), ...clauses],
    });
    for (const signer of [await token(code), operator]) await operate('sign-contract', { contractId: contract.id, version }, signer);
    return contract.id;
  }

  const versions = new Map<string, number>();
  const amend: Nova['amend'] = (code, effectiveFrom, how) => {
    const version = (versions.get(code) ?? 0) + 1;
    versions.set(code, version);
    return sign(code, effectiveFrom, how, version);
  };

  async function publish(partner: string, rule: Input, effectiveFrom = STARTS_AT): Promise<void> {
    await operate('publish-earn-rule', { partner, currency: rule.currency ?? currencies.get(partner), effectiveFrom, ...rule });
  }

  const currencies = new Map<string, string>();
  async function found(code: string, { currency, expiry = { rollingMonths: 12 } }: Joining): Promise<void> {
    await operate('create-partner', { code, name: code, roles: currency === undefined ? ['ACCEPTOR'] : ['ISSUER', 'ACCEPTOR'] });
    if (currency === undefined) return;
    await operate('create-point-currency', { code: currency, name: `${code} points`, issuer: code, expiry });
    currencies.set(code, currency);
  }
  async function conclude(code: string, how: Joining): Promise<void> {
    await amend(code, STARTS_AT, how);
    for (const rule of how.rules ?? []) await publish(code, rule);
  }

  const accrueInput: Nova['accrueInput'] = (member, what) => ({
    idempotencyKey: newKey(),
    externalId: newKey(),
    member: { id: member.id },
    occurredAt: '2026-01-10T10:00:00+08:00',
    ...what,
  });

  await operate('configure-program', {
    code: 'NOVA',
    name: 'Nova',
    timeZone: 'Asia/Shanghai',
    settlementCurrency: 'CNY',
    startsAt: STARTS_AT,
  });
  await run(operator, 'set-clock', { now: NOW });
  const brands = Object.entries(BRANDS).map(([code, brand]): [string, Joining] => [code, { ...brand, ...vary[code as Brand] }]);
  for (const [code, how] of brands) await found(code, how);
  for (const [code, how] of brands) await conclude(code, how);

  const nova: Nova = {
    app,
    operator,
    token,
    newKey,
    run,
    answer,
    operate,
    amend,
    publish,
    accrueInput,
    setClock: async (now) => {
      await run(operator, 'set-clock', { now });
    },
    join: async (code, how = {}) => {
      await found(code, how);
      await conclude(code, how);
    },
    enrol: async (who = {}) => {
      const consents = [{ purpose: 'SERVICE', granted: true, version: 'v1' }];
      const { member } = await operate<{ member: { id: string; cardNumber: string } }>('enrol-member', {
        displayName: '王小明',
        consents,
        ...who,
      });
      return { ...member, token: await app.token({ role: 'MEMBER', member: member.id }) };
    },
    earn: (partner, member, what) => act(partner, 'accrue', accrueInput(member, what)),
    earnMany: async (partner, inputs) => pay(await token(partner), 'accrue-batch', { inputs }),
    confirm: (partner, accrualId, idempotencyKey = newKey()) => act(partner, 'confirm-accrual', { accrualId, idempotencyKey }),
    cancel: (partner, accrualId, idempotencyKey = newKey()) => act(partner, 'cancel-accrual', { accrualId, idempotencyKey }),
    reverse: (partner, accrualId, how = {}) => act(partner, 'reverse-accrual', { accrualId, ...how }),
    hold: (partner, member, currency, points, more = {}) =>
      act(partner, 'hold-redemption', { member: { id: member.id }, currency, points, orderExternalId: newKey(), ...more }),
    capture: (partner, redemptionId, more = {}) => act(partner, 'capture-redemption', { redemptionId, ...more }),
    release: (partner, redemptionId, more = {}) => act(partner, 'void-redemption', { redemptionId, ...more }),
    refund: (partner, redemptionId, more = {}) => act(partner, 'refund-redemption', { redemptionId, ...more }),
    runJob: (name, asOf, idempotencyKey = newKey()) => pay(operator, 'run-job', { input: { idempotencyKey, name, asOf } }),
    balanceOf: async (member, currency) => {
      const { member: found } = await run<{ member: { balances: Balance[] } }>(operator, 'member', { ref: { id: member.id }, first: 0 });
      const balance = found.balances.find(({ currency: { code } }) => code === currency);
      if (balance === undefined) throw new Error(`there is no balance in ${currency}`);
      return balance;
    },
    positionOf: async (partner) => (await run<{ viewerPartner: Position }>(await token(partner), 'my-position')).viewerPartner,
    countRows: async () => {
      const [rows] = await app.db.rows<Record<string, number>>(
        `select (select count(*)::integer from ledger.postings) as postings, (select count(*)::integer from ledger.entries) as entries,
           (select count(*)::integer from ledger.lots) as lots, (select count(*)::integer from exchange.accruals) as accruals,
           (select count(*)::integer from exchange.redemptions) as redemptions, (select count(*)::integer from platform.idempotency_keys) as keys`,
      );
      return { ...rows };
    },
    faults: async () => {
      const { checks } = await verifyLedger(app.db, [...EXCHANGE_CHECKS, ...SETTLEMENT_CHECKS]);
      const { poolCoverage } = await run<{ poolCoverage: { currency: { code: string }; coverageBps: number }[] }>(
        operator,
        'pool-coverage',
      );
      return [
        ...checks.flatMap((check) => check.examples),
        ...poolCoverage.flatMap(({ currency, coverageBps }) =>
          coverageBps === 10_000 ? [] : [`${currency.code} is covered by ${coverageBps} bps`],
        ),
      ];
    },
    stop: () => app.stop(),
  };
  return nova;
}

/** The code of the only refusal, or undefined when it was done. */
export function refusal({ userErrors }: { readonly userErrors: readonly UserError[] }): string | undefined {
  return userErrors[0]?.code;
}

/** The accrual of an answer that must have one. */
export function accrualOf(payload: AccruePayload): Accrual {
  expect(payload.userErrors).toEqual([]);
  if (payload.accrual === null) throw new Error('there is no accrual');
  return payload.accrual;
}

/** The redemption of an answer that must have one. */
export function redemptionOf(payload: RedemptionPayload): Redemption {
  expect(payload.userErrors).toEqual([]);
  if (payload.redemption === null) throw new Error('there is no redemption');
  return payload.redemption;
}
