import type { Input, Nova, UserError } from '../support/coalition.ts';

export interface Count {
  readonly result: string;
  readonly kind: string;
  readonly theirRows: number;
  readonly ourRows: number;
  readonly theirAmount: string;
  readonly ourAmount: string;
  readonly difference: string;
}
export interface Run {
  readonly id: string;
  readonly rowsRead: number;
  readonly badRowCount: number;
  readonly isSuperseded: boolean;
  readonly counts: readonly Count[];
}
export interface Payload {
  readonly reconciliation: Run | null;
  readonly userErrors: readonly UserError[];
}
export interface Row {
  readonly side: 'THEIRS' | 'OURS';
  readonly rowNumber: number;
  readonly kind: string;
  readonly key: string;
  readonly amount: string;
  readonly result: string;
  readonly rule: string | null;
  readonly reference: string | null;
  readonly counterparts: readonly { readonly rowNumber: number; readonly key: string; readonly amount: string }[];
}
export interface Break {
  readonly id: string;
  readonly partner: { readonly code: string };
  readonly result: string;
  readonly kind: string;
  readonly key: string;
  readonly theirRowNumber: number | null;
  readonly difference: string;
  readonly openedAt: string;
  readonly ageDays: number;
  readonly owner: string | null;
  readonly state: string;
  readonly resolution: string | null;
  readonly adjustment: { readonly minor: string } | null;
  readonly proposedBy: string | null;
  readonly decidedBy: string | null;
  readonly suggestions: readonly { readonly key: string; readonly score: number }[];
}
export interface BreakPayload {
  readonly break: Break | null;
  readonly userErrors: readonly UserError[];
}
interface Edges<T> {
  readonly edges: readonly { readonly node: T }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}
export interface Seen extends Run {
  readonly partner: { readonly code: string };
  readonly rows: Edges<Row>;
  readonly badRows: Edges<{ readonly rowNumber: number; readonly reason: string }>;
  readonly breaks: Edges<Break>;
}

/** Whose files are compared, through the public API. */
export interface Reconciling {
  /** Sends a file as AERO, for all of January unless said. */
  send(content: string, more?: Input, token?: string): Promise<Payload>;
  /** The same; it must not be refused. */
  run(content: string, more?: Input): Promise<Run>;
  see(id: string, variables?: Input, token?: string): Promise<Seen>;
  /** All rows, page by page, as `SIDE key amount RESULT`. */
  rowsOf(id: string, size?: number): Promise<Row[]>;
  breaks(variables?: Input, token?: string): Promise<Break[]>;
  breakOf(key: string, result?: string): Promise<Break>;
  act(token: string, name: string, input: Input): Promise<BreakPayload>;
  /** A token of another operator than the sandbox's own. */
  operatorNamed(subject: string): Promise<string>;
}

export const JANUARY: Input = { from: '2026-01-01', until: '2026-01-31' };

export function reconcilingOf(nova: Nova): Reconciling {
  const send: Reconciling['send'] = async (content, more = {}, token) => {
    const days = 'cycleId' in more || 'from' in more ? {} : JANUARY;
    const input = { idempotencyKey: nova.newKey(), format: 'CSV', content, ...days, ...more };
    return (await nova.run<{ reconcile: Payload }>(token ?? (await nova.token('AERO')), 'reconcile', { input })).reconcile;
  };
  const see: Reconciling['see'] = async (id, variables = {}, token = nova.operator) =>
    (await nova.run<{ reconciliation: Seen }>(token, 'reconciliation', { id, ...variables })).reconciliation;
  const breaks: Reconciling['breaks'] = async (variables = {}, token = nova.operator) =>
    (await nova.run<{ breaks: Edges<Break> }>(token, 'breaks', { first: 100, ...variables })).breaks.edges.map(({ node }) => node);
  return {
    send,
    see,
    breaks,
    run: async (content, more) => {
      const { reconciliation, userErrors } = await send(content, more);
      expect(userErrors).toEqual([]);
      if (reconciliation === null) throw new Error('there is no reconciliation');
      return reconciliation;
    },
    rowsOf: async (id, size = 100) => {
      const rows: Row[] = [];
      for (let after: string | null = null; ; ) {
        const { edges, pageInfo }: Edges<Row> = (await see(id, { first: size, after })).rows;
        rows.push(...edges.map(({ node }) => node));
        if (!pageInfo.hasNextPage) return rows;
        after = pageInfo.endCursor;
      }
    },
    breakOf: async (key, result) => {
      const [found, ...more] = (await breaks()).filter(
        (one) => one.key === key && one.state !== 'SUPERSEDED' && (result === undefined || one.result === result),
      );
      if (found === undefined || more.length > 0) throw new Error(`there is not one break of ${key}`);
      return found;
    },
    act: async (token, name, input) => {
      const answer = await nova.run<Record<string, BreakPayload>>(token, name, { input: { idempotencyKey: nova.newKey(), ...input } });
      const [payload] = Object.values(answer);
      if (payload === undefined) throw new Error(`${name} answered nothing`);
      return payload;
    },
    operatorNamed: (person) => nova.app.token({ role: 'OPERATOR', person }),
  };
}

/** `MATCHED ACCRUAL 3:3`: rows of theirs and of ours. */
export const shortly = ({ counts }: Pick<Run, 'counts'>): string[] =>
  counts.map(({ result, kind, theirRows, ourRows }) => `${result} ${kind} ${theirRows}:${ourRows}`);

export const csv = (...rows: readonly string[]): string => ['kind,key,date,member,points', ...rows].join('\n');
