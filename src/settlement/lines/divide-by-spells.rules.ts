import { microsPerMinor } from '../../kernel/money.ts';
import { scaleFloor } from '../../kernel/ratio.ts';
import type { Share as Weight } from '../../kernel/split.ts';
import type { Spell } from '../../partners/contracts/spells.rules.ts';
import { OPERATOR, type Party, type Share } from './cycle-line.ts';
import { weightsName } from './line-terms.rules.ts';
import { divide, plus } from './make-line.rules.ts';
import type { DividedPart } from './workings.rules.ts';

/** Part of a rounded amount, and the terms that speak for it. */
export interface SpokenFor<Terms> {
  readonly terms: Terms;
  readonly share: Share;
}

/**
 * Divides a rounded amount over the terms in force when its parts occurred. `sums` are exact micros by spell; what they leave of the whole
 * belongs to the last one. Each part is floored to the minor unit, and what is left goes to the largest remainders, ties to the
 * earlier: parts may be of both signs, as refunds of an earlier spell are.
 */
export function bySpells<Terms>(
  whole: Share,
  spells: readonly Spell<Terms>[],
  sums: readonly bigint[],
  nameOf: (terms: Terms) => string,
  currency: string,
): SpokenFor<Terms>[] {
  const [last] = spells.slice(-1);
  if (last === undefined) return [];
  if (spells.length === 1) return [{ terms: last.terms, share: whole }];
  const merged = new Map<string, { terms: Terms; micros: bigint }>();
  let rest = whole.micros;
  const add = (terms: Terms, micros: bigint) => {
    const part = merged.get(nameOf(terms)) ?? { terms, micros: 0n };
    merged.set(nameOf(terms), { terms, micros: part.micros + micros });
    rest -= micros;
  };
  for (const [at, { terms }] of spells.entries()) add(terms, sums[at] ?? 0n);
  add(last.terms, rest);
  const parts = [...merged.values()];
  const minors = roundedParts(
    whole,
    parts.map(({ micros }) => micros),
    microsPerMinor(currency),
  );
  return parts.map(({ terms, micros }, at) => ({ terms, share: { micros, minor: minors[at] ?? 0n } }));
}

function roundedParts(whole: Share, exact: readonly bigint[], unit: bigint): bigint[] {
  const sign = whole.micros < 0n ? -1n : 1n;
  const parts = exact.map((micros, at) => {
    const floored = scaleFloor(sign * micros, 1n, unit);
    return { at, floored, remainder: sign * micros - floored * unit };
  });
  const left = Number(parts.reduce((rest, { floored }) => rest - floored, sign * whole.minor));
  const lucky = new Set(
    parts
      .toSorted((a, b) => (a.remainder === b.remainder ? a.at - b.at : a.remainder > b.remainder ? -1 : 1))
      .slice(0, left)
      .map(({ at }) => at),
  );
  return parts.map(({ at, floored }) => sign * (floored + (lucky.has(at) ? 1n : 0n)));
}

/** Divides a rounded amount by the weights in force when its parts occurred; all of it is the operator's where none were ever agreed. */
export function divideBySpells(
  whole: Share,
  spells: readonly Spell<readonly Weight[]>[],
  sums: readonly bigint[],
  currency: string,
): { shares: Map<Party, Share>; parts: readonly DividedPart[] } {
  const spoken = bySpells(whole, spells, sums, weightsName, currency);
  const parts =
    spoken.length === 0
      ? [{ share: whole, weights: [{ name: OPERATOR, weight: 1n }] }]
      : spoken.map(({ terms, share }) => ({ share, weights: terms }));
  const shares = new Map<Party, Share>();
  for (const { share, weights } of parts) {
    for (const [party, part] of divide(share, weights)) shares.set(party, plus(shares.get(party), part));
  }
  return { shares, parts };
}
