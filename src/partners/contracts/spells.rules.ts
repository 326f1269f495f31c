import type { Contract } from './contract.rules.ts';

/** Terms and the instant from which they were in force, until the next spell begins. */
export interface Spell<Terms> {
  readonly since: Date;
  readonly terms: Terms;
}

/**
 * What was agreed on one thing as time went by: `begins` are the instants at which it may have changed. Where nobody says anything, what was
 * said before goes on; neighbours that say the same, by their names, are one spell. Empty when nothing was ever said.
 */
export function spellsOf<Terms>(
  begins: readonly Date[],
  termsAt: (at: Date) => Terms | undefined,
  nameOf: (terms: Terms) => string,
): Spell<Terms>[] {
  const spells: Spell<Terms>[] = [];
  for (const since of begins.toSorted((a, b) => a.getTime() - b.getTime())) {
    const terms = termsAt(since);
    const last = spells.at(-1);
    if (terms === undefined || (last !== undefined && nameOf(last.terms) === nameOf(terms))) continue;
    spells.push({ since, terms });
  }
  return spells;
}

/** The instants at which what contracts say may change: versions that both have signed begin or end, burning ends, or all is suspended. */
export function beginsOf(contracts: readonly Contract[]): Date[] {
  return contracts.flatMap(({ versions, burnEnd, suspendedAt }) => {
    const signed = versions.filter(({ operatorSignedAt }) => operatorSignedAt !== undefined);
    const ends = [burnEnd, suspendedAt, ...signed.map(({ effectiveUntil }) => effectiveUntil)];
    return [...signed.map(({ effectiveFrom }) => effectiveFrom), ...ends.flatMap((end) => end ?? [])];
  });
}
