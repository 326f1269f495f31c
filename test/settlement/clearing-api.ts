import type { Nova, UserError } from '../support/coalition.ts';

export interface Money {
  readonly minor: string;
  readonly currency: string;
}
export interface Closed {
  readonly cycle: {
    readonly id: string;
    readonly status: string;
    readonly from: string;
    readonly cutoff: string;
    readonly batchHash: string | null;
    readonly sumCheck: Money;
    readonly positions: readonly { readonly party: string; readonly net: Money }[];
  } | null;
  readonly nextCycle: { readonly status: string; readonly from: string; readonly cutoff: string } | null;
  readonly userErrors: readonly UserError[];
}
export interface StatementLine {
  readonly id: string;
  readonly no: number;
  readonly type: string;
  readonly description: string;
  readonly exactMicros: string;
  readonly amount: Money;
}
export interface Statement {
  readonly id: string;
  readonly status: string;
  readonly hash: string;
  readonly net: Money;
  readonly dueDate: string | null;
  readonly openingPoints: readonly { readonly currency: { readonly code: string }; readonly points: number }[];
  readonly closingPoints: readonly { readonly currency: { readonly code: string }; readonly points: number }[];
  readonly lines: readonly StatementLine[];
  readonly instruction: {
    readonly id: string;
    readonly status: string;
    readonly payer: string;
    readonly payee: string;
    readonly amount: Money;
    readonly outstanding: Money;
    readonly carried: Money;
    readonly carriedReason: string | null;
  } | null;
}

interface Asked {
  readonly userErrors: readonly UserError[];
}

/** The life of clearing cycles, through the public API. */
export interface Clearing {
  /** Closes the open cycle and expects it to be done; answers its id. */
  close(cutoff?: string): Promise<Closed & { readonly cycle: NonNullable<Closed['cycle']> }>;
  tryToClose(input: Record<string, unknown>): Promise<Closed>;
  issue(cycleId: string): Promise<void>;
  reconcile(cycleId: string): Promise<{ readonly cycle: { readonly status: string } | null } & Asked>;
  accept(partner: string, statementId: string): Promise<{ readonly statement: { readonly status: string } | null } & Asked>;
  pay(
    statementId: string,
    minor: string | number,
    bankReference: string,
    valueDate: string,
  ): Promise<{ readonly statement: { readonly cycle: { readonly status: string } } | null } & Asked>;
  statementOf(partner: string, cycleId: string): Promise<Statement>;
  /** Amounts in fen of a partner's frozen lines, as `TYPE amount`. */
  amountsOf(partner: string, cycleId: string): Promise<string[]>;
}

export function clearingOf(nova: Nova): Clearing {
  const change = async <T>(token: string, name: string, input: Record<string, unknown>): Promise<T> => {
    const [payload] = Object.values(await nova.run<Record<string, T>>(token, name, { input: { idempotencyKey: nova.newKey(), ...input } }));
    if (payload === undefined) throw new Error(`${name} answered nothing`);
    return payload;
  };
  const tryToClose: Clearing['tryToClose'] = (input) => change(nova.operator, 'close-cycle', input);
  const statementOf: Clearing['statementOf'] = async (partner, cycle) => {
    const { viewerPartner } = await nova.run<{
      viewerPartner: {
        netPosition: Money;
        statement: Omit<Statement, 'lines'> & { lines: { edges: { node: StatementLine }[]; pageInfo: { hasNextPage: boolean } } };
      };
    }>(await nova.token(partner), 'my-statement', { cycle });
    const { lines, ...statement } = viewerPartner.statement;
    expect(lines.pageInfo.hasNextPage).toBe(false);
    expect(statement.net).toEqual(viewerPartner.netPosition);
    const own = lines.edges.map(({ node }) => node);
    expect(own.map(({ no }) => no)).toEqual(own.map((_, at) => at + 1));
    expect(own.reduce((sum, { amount }) => sum + BigInt(amount.minor), 0n)).toBe(BigInt(statement.net.minor));
    return { ...statement, lines: own };
  };
  return {
    tryToClose,
    close: async (cutoff) => {
      const closed = await tryToClose(cutoff === undefined ? {} : { cutoff });
      expect(closed.userErrors).toEqual([]);
      if (closed.cycle === null) throw new Error('nothing was closed');
      expect(closed.cycle.sumCheck.minor).toBe('0');
      return { ...closed, cycle: closed.cycle };
    },
    issue: async (cycleId) => {
      const { userErrors } = await change<Asked>(nova.operator, 'issue-statements', { cycleId });
      expect(userErrors).toEqual([]);
    },
    reconcile: (cycleId) => change(nova.operator, 'reconcile-cycle', { cycleId }),
    accept: async (partner, statementId) => change(await nova.token(partner), 'accept-statement', { statementId }),
    pay: (statementId, minor, bankReference, valueDate) =>
      change(nova.operator, 'record-settlement-payment', {
        ...{ statementId, bankReference, valueDate },
        amount: { minor: String(minor), currency: 'CNY' },
      }),
    statementOf,
    amountsOf: async (partner, cycleId) => (await statementOf(partner, cycleId)).lines.map(({ type, amount }) => `${type} ${amount.minor}`),
  };
}

/** Nets by party, in fen. */
export const netsOf = (closed: { readonly cycle: NonNullable<Closed['cycle']> }): Record<string, number> =>
  Object.fromEntries(closed.cycle.positions.map(({ party, net }) => [party, Number(net.minor)]));
