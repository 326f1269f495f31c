import { startApp, type TestApp } from '../support/app.ts';

/** A small coalition through the public API: AERO issues and accepts APT, DEPOT accepts it. R = 10,000 and S = 2,000 micros a point. */
export interface CoalitionAtWork {
  readonly app: TestApp;
  readonly operator: string;
  readonly aero: string;
  readonly depot: string;
  /** Runs a document, expects no errors and no userErrors, and answers its data. */
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of an answer, and jest compares
  done(token: string, document: string, variables?: Record<string, unknown>): Promise<any>;
  enrol(name?: string): Promise<{ id: string; token: string }>;
  /** Earns points at AERO, at once or as pending ones. */
  earn(
    memberId: string,
    points: number,
    confirm?: 'AUTO' | 'MANUAL',
  ): Promise<{ id: string; balance: { available: number; version: string } }>;
  hold(memberId: string, points: number): Promise<string>;
  capture(redemptionId: string, points?: number): Promise<void>;
}

export const CREDIT_LIMIT = { minor: '100000', currency: 'CNY' };

export async function startCoalition(): Promise<CoalitionAtWork> {
  const app = await startApp();
  let keys = 0;
  const key = () => `key-${++keys}`;
  const operator = await app.token({ role: 'OPERATOR' });

  const done: CoalitionAtWork['done'] = async (token, document, variables = {}) => {
    const { data, errors } = await app.graphql(document, { token, variables });
    expect(errors).toBeUndefined();
    for (const payload of Object.values<{ userErrors?: unknown } | null>(data)) expect(payload?.userErrors ?? []).toEqual([]);
    return data;
  };

  await done(
    operator,
    `mutation { configureProgram(input: { idempotencyKey: "${key()}", code: "NOVA", name: "Nova", timeZone: "Asia/Shanghai", settlementCurrency: "CNY", startsAt: "2026-01-01T00:00:00+08:00" }) { userErrors { message } } }`,
  );
  await app.graphql('mutation { setClock(now: "2026-01-10T00:00:00+08:00") }', { token: operator });
  const partners = [
    [
      'AERO',
      [
        { scope: { roles: ['ISSUER', 'ACCEPTOR'] } },
        { issuance: { currency: 'APT', redemptionElementMicros: '10000', serviceElementMicros: '2000', creditLimit: CREDIT_LIMIT } },
        { acceptance: { currencies: ['APT'] } },
      ],
    ],
    ['DEPOT', [{ scope: { roles: ['ACCEPTOR'] } }, { acceptance: { currencies: ['APT'], handlingFeeBps: 300 } }]],
  ] as const;
  for (const [code] of partners) {
    await done(
      operator,
      `mutation { createPartner(input: { idempotencyKey: "${key()}", code: "${code}", name: "${code}", roles: [ISSUER, ACCEPTOR] }) { userErrors { message } } }`,
    );
  }
  await done(
    operator,
    `mutation { createPointCurrency(input: { idempotencyKey: "${key()}", code: "APT", name: "Aero points", issuer: "AERO", expiry: { rollingMonths: 1 } }) { userErrors { message } } }`,
  );
  await done(
    operator,
    `mutation { createPointCurrency(input: { idempotencyKey: "${key()}", code: "ZPT", name: "Unused points" }) { userErrors { message } } }`,
  );
  const tokens: string[] = [];
  for (const [code, clauses] of partners) {
    const token = await app.token({ role: 'PARTNER', partner: code });
    tokens.push(token);
    const input = { idempotencyKey: key(), partner: code, effectiveFrom: '2026-01-01T00:00:00+08:00', clauses };
    const { proposeContract } = await done(
      operator,
      'mutation ($input: ProposeContractInput!) { proposeContract(input: $input) { contract { id } userErrors { message } } }',
      { input },
    );
    for (const signer of [token, operator]) {
      await done(
        signer,
        `mutation { signContract(input: { idempotencyKey: "${key()}", contractId: "${proposeContract.contract.id}", version: 1 }) { userErrors { message } } }`,
      );
    }
  }
  const [aero = '', depot = ''] = tokens;

  return {
    app,
    operator,
    aero,
    depot,
    done,
    async enrol(name = '王小明') {
      const input = { idempotencyKey: key(), displayName: name, consents: [{ purpose: 'SERVICE', granted: true, version: 'v1' }] };
      const { enrolMember } = await done(
        operator,
        'mutation ($input: EnrolMemberInput!) { enrolMember(input: $input) { member { id } userErrors { message } } }',
        { input },
      );
      return { id: enrolMember.member.id, token: await app.token({ role: 'MEMBER', member: enrolMember.member.id }) };
    },
    async earn(memberId, points, confirm = 'AUTO') {
      const input = {
        idempotencyKey: key(),
        externalId: key(),
        member: { id: memberId },
        occurredAt: '2026-01-05T12:00:00+08:00',
        points,
        currency: 'APT',
        confirm,
      };
      const { accrue } = await done(
        aero,
        'mutation ($input: AccrueInput!) { accrue(input: $input) { accrual { id } balance { available version } userErrors { code message } } }',
        { input },
      );
      return { id: accrue.accrual.id, balance: accrue.balance };
    },
    async hold(memberId, points) {
      const input = { idempotencyKey: key(), member: { id: memberId }, currency: 'APT', points, orderExternalId: key() };
      const { holdRedemption } = await done(
        depot,
        'mutation ($input: HoldRedemptionInput!) { holdRedemption(input: $input) { redemption { id } userErrors { code message } } }',
        { input },
      );
      return holdRedemption.redemption.id;
    },
    async capture(redemptionId, points) {
      const input = { idempotencyKey: key(), redemptionId, points };
      await done(depot, 'mutation ($input: CaptureRedemptionInput!) { captureRedemption(input: $input) { userErrors { code message } } }', {
        input,
      });
    },
  };
}
