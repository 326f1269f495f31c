// How long the arbitrage guard takes for a coalition of 200 currencies, all exchanged for each other both ways. Run: node bench/arbitrage.bench.ts

import { lowestTerms } from '../src/partners/contracts/clauses/exchange/exchange.rules.ts';
import { findLoop } from '../src/partners/rates/arbitrage.rules.ts';
import type { RateEdge, RateGraph } from '../src/partners/rates/rate-graph.rules.ts';

const SIZE = 200;
const RUNS = 5;

let state = 42;
/** A whole number below `below`, the same series in every run. */
function random(below: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state % below;
}

const codes = Array.from({ length: SIZE }, (_, no) => `P${String(no).padStart(3, '0')}`);
const worth = new Map(codes.map((code) => [code, BigInt(1_000 + random(99_000))]));
const agreed = new Map(codes.map((code) => [code, BigInt(1_000 + random(99_000))]));
const price = (prices: ReadonlyMap<string, bigint>, code: string) => prices.get(code) ?? 1n;

function everyWay(rate: (from: string, to: string) => readonly [bigint, bigint]): RateGraph {
  const edges = codes.flatMap((from) =>
    codes
      .filter((to) => to !== from)
      .map((to): RateEdge => {
        const [numerator, denominator] = rate(from, to);
        return { from, to, rate: lowestTerms({ numerator, denominator }) };
      }),
  );
  return { edges, worth };
}

const chain: RateGraph = {
  edges: codes
    .slice(1)
    .map(
      (to, no): RateEdge => ({
        from: codes[no] ?? '',
        to,
        rate: { numerator: BigInt(1_000_000_007 + random(1e9)), denominator: 999_999_937n },
      }),
    )
    .reverse(),
  worth,
};

const cases: Record<string, RateGraph> = {
  'all at mid, spread 500 bps': everyWay((from, to) => [price(worth, from) * 9_500n, price(worth, to) * 10_000n]),
  'all at mid, no spread: every loop is even': everyWay((from, to) => [price(worth, from), price(worth, to)]),
  'agreed rates that come out even': everyWay((from, to) => [price(agreed, from), price(agreed, to)]),
  'agreed rates, none gains': everyWay((from, to) => [price(agreed, from) * BigInt(9_000 + random(999)), price(agreed, to) * 10_000n]),
  'agreed rates at random, some gain': everyWay(() => [BigInt(1 + random(1e6)), BigInt(1 + random(1e6))]),
  'a long chain, worst order': chain,
};

for (const [name, graph] of Object.entries(cases)) {
  for (const isEvenAllowed of [true, false]) {
    const times: number[] = [];
    let answer = '';
    for (let run = 0; run < RUNS; run += 1) {
      const start = performance.now();
      const loop = findLoop(graph, { isEvenAllowed });
      times.push(performance.now() - start);
      answer = loop === undefined ? 'no loop' : `loop of ${loop.currencies.length - 1}`;
    }
    const [first = 0, ...others] = times;
    console.log(
      `${name}${isEvenAllowed ? '' : ', even refused'}: first ${first.toFixed(0)} ms, then ${Math.max(...others).toFixed(0)} ms (${graph.edges.length} exchanges, ${answer})`,
    );
  }
}
