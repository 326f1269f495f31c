import { cny, type Input, type Joining, type Nova, startNova, type UserError } from '../support/coalition.ts';

interface Money {
  readonly minor: string;
  readonly currency: string;
}
export interface Dispute {
  readonly id: string;
  readonly status: string;
  readonly stage: number;
  readonly line: { readonly id: string; readonly no: number };
  readonly disputedAmount: Money;
  readonly acceptedAmount: Money | null;
  readonly dueAt: string | null;
  readonly isOverdue: boolean;
  readonly escalableUntil: string | null;
  readonly resolvedAt: string | null;
  readonly adjustment: {
    readonly id: string;
    readonly amount: Money;
    readonly description: string;
    readonly cycle: { readonly id: string; readonly status: string };
  } | null;
}
export interface DisputePayload {
  readonly dispute: Dispute | null;
  readonly userErrors: readonly UserError[];
}
export interface Line {
  readonly id: string;
  readonly no: number;
  readonly type: string;
  readonly description: string;
  readonly amount: Money;
}
export interface DisputedStatement {
  readonly id: string;
  readonly status: string;
  readonly net: Money;
  readonly disputableUntil: string | null;
  readonly disputedAmount: Money;
  readonly disputes: readonly Dispute[];
  readonly instruction: { readonly status: string; readonly outstanding: Money; readonly undisputed: Money } | null;
}

export const STEPS = {
  review: 'review-dispute',
  ask: 'request-dispute-evidence',
  show: 'provide-dispute-evidence',
  resolve: 'resolve-dispute',
  escalate: 'escalate-dispute',
  withdraw: 'withdraw-dispute',
} as const;
export type Step = keyof typeof STEPS;

/** Net 15 days, ten days for disputes. */
export const TERMS: Input = { paymentTerms: { netDays: 15, disputeWindowDays: 10 } };

/** Disputes through the public API. */
export interface Disputes {
  /** Closes the open cycle and issues its statements. Answers its id. */
  advise(): Promise<string>;
  linesOf(partner: string, cycle: string): Promise<Line[]>;
  lineOf(partner: string, cycle: string, type: string): Promise<Line>;
  statementOf(partner: string, cycle: string): Promise<DisputedStatement & { openDisputes: number }>;
  open(partner: string, what: Input): Promise<DisputePayload>;
  /** A dispute that must be opened. */
  opened(partner: string, lineId: string, minor: number | string, more?: Input): Promise<Dispute>;
  /** One step by a partner, or by the operator when it is named so. */
  take(who: string, step: Step, disputeId: string, more?: Input): Promise<DisputePayload>;
  done(who: string, step: Step, disputeId: string, more?: Input): Promise<Dispute>;
}

export const fen = (minor: number | string): Money => ({ minor: String(minor), currency: 'CNY' });

export const disputeOf = ({ dispute, userErrors }: DisputePayload): Dispute => {
  expect(userErrors).toEqual([]);
  if (dispute === null) throw new Error('there is no dispute');
  return dispute;
};

export function disputesOf(nova: Nova): Disputes {
  const tokenOf = async (who: string) => (who === 'OPERATOR' ? nova.operator : nova.token(who));
  const act = async (who: string, name: string, input: Input): Promise<DisputePayload> => {
    const [payload] = Object.values(
      await nova.run<Record<string, DisputePayload>>(await tokenOf(who), name, { input: { idempotencyKey: nova.newKey(), ...input } }),
    );
    if (payload === undefined) throw new Error(`${name} answered nothing`);
    return payload;
  };
  const needed: Partial<Record<Step, Input>> = {
    ask: { note: '请提供凭证' },
    show: { note: '见附件' },
    resolve: { acceptedAmount: fen(0) },
  };
  const linesOf: Disputes['linesOf'] = async (partner, cycle) => {
    const { viewerPartner } = await nova.run<{ viewerPartner: { statement: { lines: { edges: { node: Line }[] } } } }>(
      await nova.token(partner),
      'my-statement',
      { cycle },
    );
    return viewerPartner.statement.lines.edges.map(({ node }) => node);
  };
  const open: Disputes['open'] = (partner, what) => act(partner, 'open-dispute', { reason: 'DUPLICATE_FUNDING', ...what });
  const take: Disputes['take'] = (who, step, disputeId, more = {}) => act(who, STEPS[step], { disputeId, ...needed[step], ...more });
  return {
    advise: async () => {
      const { cycle } = await nova.operate<{ cycle: { id: string } }>('close-cycle', {});
      await nova.operate('issue-statements', { cycleId: cycle.id });
      return cycle.id;
    },
    linesOf,
    lineOf: async (partner, cycle, type) => {
      const line = (await linesOf(partner, cycle)).find((one) => one.type === type);
      if (line === undefined) throw new Error(`${partner} has no line ${type}`);
      return line;
    },
    statementOf: async (partner, cycle) => {
      const { clearingCycle, viewerPartner } = await nova.run<{
        clearingCycle: { openDisputes: number };
        viewerPartner: { statement: DisputedStatement };
      }>(await nova.token(partner), 'my-disputed-statement', { cycle });
      return { ...viewerPartner.statement, openDisputes: clearingCycle.openDisputes };
    },
    open,
    opened: async (partner, statementLineId, minor, more = {}) =>
      disputeOf(await open(partner, { statementLineId, disputedAmount: fen(minor), ...more })),
    take,
    done: async (who, step, disputeId, more) => disputeOf(await take(who, step, disputeId, more)),
  };
}

/** The coalition with payment terms for all, and DEPOT sharing its sales with the home partner of members. */
export function startDisputing(more: Partial<Record<'AERO' | 'BOOKS' | 'CAFE' | 'DEPOT', Joining>> = {}): Promise<Nova> {
  return startNova({
    AERO: { clauses: [TERMS] },
    BOOKS: { clauses: [TERMS] },
    CAFE: {},
    DEPOT: { clauses: [TERMS, { revenueShare: { basis: 'NET_SALE', bps: 150, payee: 'HOME' } }] },
    ...more,
  });
}

/** Some purchases: AERO pays 12.00 and BOOKS 30.00 for its points, CAFE 23.50; DEPOT pays AERO 15.00 of its sales. */
export async function trade(nova: Nova, occurredAt = '2026-01-10T10:00:00+08:00'): Promise<void> {
  const member = await nova.enrol({ homePartner: 'AERO' });
  for (const [partner, points] of [
    ['AERO', 1_000],
    ['BOOKS', 5_000],
    ['CAFE', 1_000],
  ] as const)
    expect((await nova.earn(partner, member, { points, occurredAt })).userErrors).toEqual([]);
  const sale = { externalId: nova.newKey(), member: { id: member.id }, occurredAt, gross: cny('1000.00'), net: cny('1000.00') };
  await nova.run(await nova.token('DEPOT'), 'report-sale', { input: { idempotencyKey: nova.newKey(), ...sale } });
}
