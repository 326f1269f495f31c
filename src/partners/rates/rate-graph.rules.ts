import type { Coalition } from '../coalition.ts';
import { clausesOf } from '../contracts/clause.ts';
import { compareRates, lowestTerms, type Rate, rateAfterSpread, rateIfAwake } from '../contracts/clauses/exchange/exchange.rules.ts';
import type { Contract } from '../contracts/contract.rules.ts';
import { versionFor } from '../contracts/grants.rules.ts';
import { priceOf } from './prices.rules.ts';

/** One direction in which members exchange: what they get for a point, less the spread and in lowest terms. */
export interface RateEdge {
  readonly from: string;
  readonly to: string;
  readonly rate: Rate;
}

/** All exchanges at an instant, each direction once with its best rate, and R of every currency that has a price. */
export interface RateGraph {
  readonly edges: readonly RateEdge[];
  readonly worth: ReadonlyMap<string, bigint>;
}

/**
 * What members could exchange at an instant. A suspended contract counts, since it may resume any day. Fees, minima and the floor to whole
 * points only take from a member: no loop needs them.
 */
export function rateGraph(coalition: Pick<Coalition, 'partners' | 'currencies'>, contracts: readonly Contract[], at: Date): RateGraph {
  const book = { partners: coalition.partners, contracts };
  const worth = new Map<string, bigint>();
  for (const currency of coalition.currencies) {
    const price = priceOf(book, currency, at);
    if (price !== undefined) worth.set(currency.code, price.terms.redemptionElementMicros);
  }
  const best = new Map<string, RateEdge>();
  for (const contract of contracts) {
    const granted = versionFor({ ...contract, suspendedAt: undefined }, 'BURN', at);
    if ('refused' in granted) continue;
    for (const clause of clausesOf(granted.done.clauses, 'exchange')) {
      const { from, to, spreadBps } = clause;
      const rate = rateIfAwake(clause, worth.get(from), worth.get(to));
      if (rate === undefined) continue;
      const edge = { from, to, rate: lowestTerms(rateAfterSpread(rate, spreadBps)) };
      const known = best.get(directionOf(edge));
      if (edge.rate.numerator > 0n && (known === undefined || compareRates(edge.rate, known.rate) > 0)) best.set(directionOf(edge), edge);
    }
  }
  return { edges: [...best.values()], worth };
}

/** The directions in which members get more than before, or that are new: without one, no loop can open. */
export function betterEdges(graph: RateGraph, before: RateGraph): RateEdge[] {
  const known = new Map(before.edges.map((edge) => [directionOf(edge), edge.rate]));
  return graph.edges.filter((edge) => {
    const rate = known.get(directionOf(edge));
    return rate === undefined || compareRates(edge.rate, rate) > 0;
  });
}

function directionOf({ from, to }: Pick<RateEdge, 'from' | 'to'>): string {
  return `${from} ${to}`;
}
