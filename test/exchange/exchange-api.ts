// What members and partners say to exchange points, on top of the coalition of the tests.
import type { Balance, Input, Joining, Member, Nova, Redemption, UserError } from '../support/coalition.ts';

interface Ratio {
  readonly numerator: string;
  readonly denominator: string;
}
export interface Quote {
  readonly id: string;
  readonly expiresAt: string;
  readonly debited: number;
  readonly credited: number;
  readonly spreadBps: number;
  readonly feePoints: number;
  readonly mid: Ratio | null;
  readonly rate: Ratio;
  readonly valueBefore: { readonly minor: string };
  readonly valueAfter: { readonly minor: string };
}
interface QuotePayload {
  readonly quote: Quote | null;
  readonly userErrors: readonly UserError[];
}
interface Exchange {
  readonly id: string;
  readonly debited: number;
  readonly credited: number;
  readonly feePoints: number;
  readonly feeMicros: string;
  readonly spreadMicros: string;
  readonly at: string;
  readonly lotId: string;
}
export interface ExchangePayload {
  readonly exchange: Exchange | null;
  readonly balances: readonly Balance[];
  readonly replayed: boolean;
  readonly userErrors: readonly UserError[];
}
export interface PayPayload extends ExchangePayload {
  readonly redemption: Redemption | null;
}

/** An exchange clause with a spread of 500 bps, shared 60 / 20 / 20. */
export const exchange = (from: string, to: string, more: Input = {}): Input => ({
  exchange: { from, to, spreadBps: 500, operatorShareBps: 6000, sourceShareBps: 2000, destinationShareBps: 2000, ...more },
});

/** The three brands with the exchanges of the worked month: APT for BPT, CPT for APT. */
export const EXCHANGING: Readonly<Record<'AERO' | 'CAFE', Joining>> = {
  AERO: { clauses: [exchange('APT', 'BPT')] },
  CAFE: { clauses: [exchange('CPT', 'APT')] },
};

export function exchangeOf(payload: ExchangePayload): Exchange {
  expect(payload.userErrors).toEqual([]);
  if (payload.exchange === null) throw new Error('there is no exchange');
  return payload.exchange;
}

export function quoteOf(payload: QuotePayload): Quote {
  expect(payload.userErrors).toEqual([]);
  if (payload.quote === null) throw new Error('there is no quote');
  return payload.quote;
}

export interface Exchanging {
  /** Asks with a member's own token. */
  quote(member: Member, from: string, to: string, points: number): Promise<QuotePayload>;
  /** Asks with any token. */
  ask(token: string, input: Input): Promise<QuotePayload>;
  execute(token: string, quoteId: string, idempotencyKey?: string): Promise<ExchangePayload>;
  /** A quote and its execution by the member. */
  exchange(member: Member, from: string, to: string, points: number): Promise<ExchangePayload>;
  pay(partner: string, member: Member, what: Input): Promise<PayPayload>;
  /** A new member with points of some partners. */
  memberWith(points: Readonly<Record<string, number>>): Promise<Member>;
  /** The money on an account of the book, in micros. */
  money(kind: 'POOL' | 'SPREAD' | 'OPERATOR', from?: string, to?: string): Promise<bigint>;
}

export function exchanging(nova: Nova): Exchanging {
  async function send<T>(token: string, name: string, field: string, input: Input): Promise<T> {
    const answer = await nova.run<Record<string, T>>(token, name, { input });
    const payload = answer[field];
    if (payload === undefined) throw new Error(`${name} answered nothing`);
    return payload;
  }
  const ask: Exchanging['ask'] = (token, input) => send(token, 'quote-exchange', 'quoteExchange', input);
  const execute: Exchanging['execute'] = (token, quoteId, idempotencyKey = nova.newKey()) =>
    send(token, 'exchange-points', 'exchangePoints', { idempotencyKey, quoteId });
  const quote: Exchanging['quote'] = (member, from, to, points) => ask(member.token, { from, to, points });
  return {
    ask,
    execute,
    quote,
    exchange: async (member, from, to, points) => execute(member.token, quoteOf(await quote(member, from, to, points)).id),
    pay: async (partner, member, what) =>
      send(await nova.token(partner), 'pay-with-exchange', 'payWithExchange', {
        idempotencyKey: nova.newKey(),
        orderExternalId: nova.newKey(),
        member: { id: member.id },
        ...what,
      }),
    memberWith: async (points) => {
      const member = await nova.enrol();
      for (const [partner, many] of Object.entries(points)) await nova.earn(partner, member, { points: many });
      return member;
    },
    money: async (kind, from, to) => {
      const [row] = await nova.app.db.rows<{ micros: bigint }>(
        `select coalesce(sum(a.available), 0)::bigint as micros from ledger.accounts a
         where a.kind = $1::ledger.account_kind and a.unit = 0
           and a.topic is not distinct from (select c.no from partners.point_currencies c where c.code = $2)
           and a.owner is not distinct from (select c.id from partners.point_currencies c where c.code = $3)`,
        [kind, from ?? null, to ?? null],
      );
      return row?.micros ?? 0n;
    },
  };
}
