import { compareRates, lowestTerms, type Rate } from '../contracts/clauses/exchange/exchange.rules.ts';
import type { RateEdge, RateGraph } from './rate-graph.rules.ts';

/** A way round through exchanges: the currencies in order, the first again at the end, and what one point has become by then. */
export interface RateLoop {
  readonly currencies: readonly string[];
  readonly product: Rate;
}

/** Logarithms of products are off by far less than this; within it, whole numbers decide. */
const CLOSE = 1e-7;
const ONE: Rate = { numerator: 1n, denominator: 1n };

/** An exchange between currencies by their places, measured in what they are worth: at mid its rate is 1 less the spread. */
interface Step {
  readonly from: number;
  readonly to: number;
  readonly rate: Rate;
  readonly log: number;
  readonly edge: RateEdge;
}

/** A way to a currency that begins with one unit of worth anywhere: what that becomes, as a logarithm and, once somebody asked, exactly. */
interface Way {
  readonly log: number;
  readonly last?: Step;
  readonly before?: Way;
  exact?: Rate;
}

/**
 * A loop that a member could walk without loss: one that gains (product above 1) or, unless such loops are allowed, one that comes out even
 * (exactly 1). Whole numbers decide; logarithms only tell which comparisons are clear without them.
 *
 * It is the method of Bellman and Ford, on products. A value only changes for a strictly better one, so steps that lead in a circle gain. And
 * while there is a gain, values change; when they do so in the n-th round, the best ways are longer than any without a circle.
 */
export function findLoop(graph: RateGraph, { isEvenAllowed }: { readonly isEvenAllowed: boolean }): RateLoop | undefined {
  const codes = [...new Set(graph.edges.flatMap(({ from, to }) => [from, to]))].sort();
  const steps = stepsOf(graph, codes);
  const best = codes.map((): Way => ({ log: 0, exact: ONE }));
  for (let round = 0; improve(best, steps); round += 1) {
    const circle = circleBack(best);
    if (circle !== undefined) return loopOf(circle);
    if (round > codes.length) throw new Error('the best exchange rates did not settle');
  }
  if (isEvenAllowed) return undefined;
  const circle = circleAmong(
    steps.filter((step) => compareWays(best, step) === 0),
    codes.length,
  );
  return circle && loopOf(circle);
}

function stepsOf({ edges, worth }: RateGraph, codes: readonly string[]): Step[] {
  const places = new Map(codes.map((code, place) => [code, place]));
  const unit = (code: string): bigint => worth.get(code) || 1n;
  return edges.map((edge) => {
    const { numerator, denominator } = edge.rate;
    const rate = lowestTerms({ numerator: numerator * unit(edge.to), denominator: denominator * unit(edge.from) });
    return { from: places.get(edge.from) ?? 0, to: places.get(edge.to) ?? 0, rate, log: logOf(rate), edge };
  });
}

function logOf({ numerator, denominator }: Rate): number {
  return Math.log(Number(numerator)) - Math.log(Number(denominator));
}

function product(one: Rate, other: Rate): Rate {
  return { numerator: one.numerator * other.numerator, denominator: one.denominator * other.denominator };
}

function exactly(way: Way): Rate {
  way.exact ??= way.last && way.before ? product(exactly(way.before), way.last.rate) : ONE;
  return way.exact;
}

function at(best: readonly Way[], place: number): Way {
  const found = best[place];
  if (found === undefined) throw new Error(`there is no currency ${place}`);
  return found;
}

/** Whether the best way to where a step begins, and then the step, is better (above 0) than the best way known to where it ends. */
function compareWays(best: readonly Way[], step: Step): number {
  const [before, known] = [at(best, step.from), at(best, step.to)];
  if (known.last === step && known.before === before) return 0;
  const clear = before.log + step.log - known.log;
  return clear > CLOSE || clear < -CLOSE ? clear : compareRates(product(exactly(before), step.rate), exactly(known));
}

function improve(best: Way[], steps: readonly Step[]): boolean {
  let isBetter = false;
  for (const step of steps) {
    if (compareWays(best, step) <= 0) continue;
    const before = at(best, step.from);
    best[step.to] = { log: before.log + step.log, last: step, before };
    isBetter = true;
  }
  return isBetter;
}

/** A circle of last steps, in the order in which they are walked. */
function circleBack(best: readonly Way[]): Step[] | undefined {
  const seenFrom = new Map<number, number>();
  for (const root of best.keys()) {
    let place = root;
    while (!seenFrom.has(place)) {
      seenFrom.set(place, root);
      const step = at(best, place).last;
      if (step === undefined) break;
      place = step.from;
    }
    const last = at(best, place).last;
    if (last === undefined || seenFrom.get(place) !== root) continue;
    const circle: Step[] = [];
    for (let step = last; ; step = at(best, step.from).last ?? last) {
      circle.unshift(step);
      if (step.from === place) return circle;
    }
  }
  return undefined;
}

/** Any circle of these steps. */
function circleAmong(steps: readonly Step[], places: number): Step[] | undefined {
  const stepsFrom = Map.groupBy(steps, ({ from }) => from);
  const left = new Set<number>();
  const way: Step[] = [];
  const walk = (place: number): Step[] | undefined => {
    const begun = way.findIndex(({ from }) => from === place);
    if (begun >= 0) return way.slice(begun);
    if (left.has(place)) return undefined;
    for (const step of stepsFrom.get(place) ?? []) {
      way.push(step);
      const circle = walk(step.to);
      if (circle !== undefined) return circle;
      way.pop();
    }
    left.add(place);
    return undefined;
  };
  for (let place = 0; place < places; place += 1) {
    const circle = walk(place);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

/** The loop as members see it, from the first of its currencies in the order of codes; its product proves it. */
function loopOf(circle: readonly Step[]): RateLoop {
  const edges = circle.map(({ edge }) => edge);
  const first = edges.reduce((lowest, { from }, place) => (from < (edges[lowest]?.from ?? '') ? place : lowest), 0);
  const turned = [...edges.slice(first), ...edges.slice(0, first)];
  const whole = lowestTerms(turned.reduce((rate, edge) => product(rate, edge.rate), ONE));
  if (compareRates(whole, ONE) < 0) throw new Error(`the loop from ${turned[0]?.from} loses`);
  return { currencies: [...turned.map(({ from }) => from), turned[0]?.from ?? ''], product: whole };
}
