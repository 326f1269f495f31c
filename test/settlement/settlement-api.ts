import type { Member, Nova, UserError } from '../support/coalition.ts';

interface Money {
  readonly minor: string;
  readonly currency: string;
}
export interface DraftLine {
  readonly type: string;
  readonly description: string;
  readonly exactMicros: string;
  readonly amount: Money;
}
export interface SalePayload {
  readonly sale: { readonly id: string; readonly externalId: string; readonly homePartner: { readonly code: string } | null } | null;
  readonly replayed: boolean;
  readonly userErrors: readonly UserError[];
}

const yuan = (minor: string | number) => ({ minor: String(minor), currency: 'CNY' });

/** What the coalition settles, through the public API. */
export interface Settlement {
  /** Reports a sale of so many fen, net; the gross amount is the same unless said. */
  sell(partner: string, member: Pick<Member, 'id'>, netMinor: number, more?: Record<string, unknown>): Promise<SalePayload>;
  linesOf(partner: string): Promise<DraftLine[]>;
  /** Amounts in fen of a partner's lines, as `TYPE amount`. */
  amountsOf(partner: string): Promise<string[]>;
  /** Net of every party in fen, as the operator sees it. The sum of all must be 0. */
  positions(): Promise<Record<string, number>>;
}

export function settlementOf(nova: Nova): Settlement {
  const linesOf: Settlement['linesOf'] = async (partner) => {
    const { viewerPartner } = await nova.run<{ viewerPartner: { draftLines: DraftLine[]; netPosition: Money } }>(
      await nova.token(partner),
      'my-draft-lines',
    );
    const sum = viewerPartner.draftLines.reduce((total, { amount }) => total + BigInt(amount.minor), 0n);
    expect(viewerPartner.netPosition).toEqual(yuan(String(sum)));
    return viewerPartner.draftLines;
  };
  return {
    sell: async (partner, { id }, netMinor, more = {}) => {
      const input = {
        idempotencyKey: nova.newKey(),
        externalId: nova.newKey(),
        member: { id },
        occurredAt: '2026-01-10T10:00:00+08:00',
        gross: yuan(netMinor),
        net: yuan(netMinor),
        ...more,
      };
      return (await nova.run<{ reportSale: SalePayload }>(await nova.token(partner), 'report-sale', { input })).reportSale;
    },
    linesOf,
    amountsOf: async (partner) => (await linesOf(partner)).map(({ type, amount }) => `${type} ${amount.minor}`),
    positions: async () => {
      const { clearingCycle } = await nova.run<{
        clearingCycle: { positions: { party: string; net: Money }[]; sumCheck: Money };
      }>(nova.operator, 'cycle-positions');
      expect(clearingCycle.sumCheck).toEqual(yuan(0));
      return Object.fromEntries(clearingCycle.positions.map(({ party, net }) => [party, Number(net.minor)]));
    },
  };
}
