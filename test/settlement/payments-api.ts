// Cycles that are closed, issued and paid through the public API.
import { cny, type Input, type Nova, type UserError } from '../support/coalition.ts';

export interface Instruction {
  readonly id: string;
  readonly status: string;
  readonly payer: string;
  readonly payee: string;
  readonly amount: { readonly minor: string };
  readonly paid: { readonly minor: string };
  readonly outstanding: { readonly minor: string };
  readonly carried: { readonly minor: string };
  readonly carriedReason: string | null;
  readonly dueDate: string | null;
}
interface StatementLine {
  readonly type: string;
  readonly amount: { readonly minor: string };
}
export interface Statement {
  readonly id: string;
  readonly status: string;
  readonly net: { readonly minor: string };
  readonly lines: { readonly edges: readonly { readonly node: StatementLine }[] };
  readonly instruction: Instruction | null;
}
export interface Netting {
  readonly gross: { readonly minor: string };
  readonly net: { readonly minor: string };
  readonly saving: { readonly minor: string };
  readonly savingBps: number;
  readonly carried: { readonly minor: string };
  readonly grossPayments: number;
  readonly payments: number;
  readonly pairs: readonly {
    readonly a: string;
    readonly b: string;
    readonly aOwes: { readonly minor: string };
    readonly bOwes: { readonly minor: string };
    readonly bilateral: boolean;
  }[];
}
interface Recorded {
  readonly statement: {
    readonly status: string;
    readonly cycle: { readonly status: string };
    readonly instruction: Instruction & {
      readonly payments: readonly {
        readonly amount: { readonly minor: string };
        readonly bankReference: string;
        readonly valueDate: string;
        readonly interest: { readonly minor: string };
      }[];
    };
  } | null;
  readonly userErrors: readonly UserError[];
}

export const terms = (more: Input = {}): Input => ({
  paymentTerms: { netDays: 10, lateInterestBpsPerDay: 5, disputeWindowDays: 0, ...more },
});
export const fen = (minor: number | bigint | string) => ({ minor: String(minor), currency: 'CNY' });

export interface Payments {
  /** Closes the open cycle now and answers its id. */
  close(): Promise<string>;
  issue(cycle: string): Promise<void>;
  /** All partners accept their statements, and the cycle is reconciled. Answers its status. */
  reconcile(cycle: string, ...partners: string[]): Promise<string>;
  statementOf(partner: string, cycle: string): Promise<Statement>;
  /** Amounts of a statement by type of line. */
  amountsOf(partner: string, cycle: string): Promise<string[]>;
  instructions(cycle: string, token?: string): Promise<Instruction[]>;
  netting(cycle: string, token?: string): Promise<Netting>;
  pay(statementId: string, minor: number | string, valueDate: string, bankReference?: string, key?: string): Promise<Recorded>;
  statusOf(cycle: string): Promise<string>;
  /** What the ledger says of the partner's money, in fen: + it is owed. */
  accountOf(partner: string): Promise<number>;
}

export function paymentsOf(nova: Nova): Payments {
  let references = 0;
  const cycleOf = async (cycle: string, token = nova.operator) =>
    (
      await nova.run<{ clearingCycle: { status: string; netting: Netting; instructions: Instruction[] } }>(token, 'cycle-netting', {
        cycle,
      })
    ).clearingCycle;
  const statementOf: Payments['statementOf'] = async (partner, cycle) => {
    const { viewerPartner } = await nova.run<{ viewerPartner: { statement: Statement } }>(await nova.token(partner), 'my-statement', {
      cycle,
    });
    return viewerPartner.statement;
  };
  return {
    close: async () => (await nova.operate<{ cycle: { id: string } }>('close-cycle', {})).cycle.id,
    issue: async (cycleId) => {
      await nova.operate('issue-statements', { cycleId });
    },
    reconcile: async (cycleId, ...partners) => {
      for (const partner of partners) {
        const { id } = await statementOf(partner, cycleId);
        const input = { idempotencyKey: nova.newKey(), statementId: id };
        const { acceptStatement } = await nova.run<{ acceptStatement: { userErrors: unknown[] } }>(
          await nova.token(partner),
          'accept-statement',
          { input },
        );
        expect(acceptStatement.userErrors).toEqual([]);
      }
      return (await nova.operate<{ cycle: { status: string } }>('reconcile-cycle', { cycleId })).cycle.status;
    },
    statementOf,
    amountsOf: async (partner, cycle) =>
      (await statementOf(partner, cycle)).lines.edges.map(({ node: { type, amount } }) => `${type} ${amount.minor}`),
    instructions: async (cycle, token) => [...(await cycleOf(cycle, token)).instructions],
    netting: async (cycle, token) => (await cycleOf(cycle, token)).netting,
    pay: async (statementId, minor, valueDate, bankReference = `BANK-${++references}`, idempotencyKey = nova.newKey()) => {
      const input = { idempotencyKey, statementId, amount: fen(minor), bankReference, valueDate };
      const answer = await nova.run<{ recordSettlementPayment: Recorded }>(nova.operator, 'record-settlement-payment', { input });
      return answer.recordSettlementPayment;
    },
    statusOf: async (cycle) => (await cycleOf(cycle)).status,
    accountOf: async (partner) => {
      const [row] = await nova.app.db.rows<{ micros: bigint }>(
        `select coalesce(sum(a.available + a.pending), 0)::bigint as micros from ledger.accounts a join partners.partners p on p.id = a.owner
         where a.kind = 'PARTNER' and a.unit = 0 and p.code = $1`,
        [partner],
      );
      return Number(row?.micros ?? 0n) / 10_000;
    },
  };
}

/** What a statement comes to that is less than a threshold of 10.00. */
export const THRESHOLD = { carryForwardThreshold: cny('10.00') };
