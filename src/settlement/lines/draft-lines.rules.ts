import type { Coalition } from '../../partners/coalition.ts';
import { costLines, feeLines, revenueLines } from './agreed-lines.rules.ts';
import { broughtInLines } from './brought-in-lines.rules.ts';
import type { CycleFacts } from './cycle-facts.ts';
import { type CycleLine, LINE_TYPES } from './cycle-line.ts';
import { breakageLines, jointLines, spreadLines } from './divided-lines.rules.ts';
import { isSomething } from './make-line.rules.ts';
import { postedLines, trueUpLines } from './posted-lines.rules.ts';

/**
 * The lines of a cycle as they would come out if it ended now: each figure rounded once and divided as contracts said when its parts
 * occurred (domain 3.2 and 3.6). The parts of every line sum to zero over partners, operator and pool.
 */
export function draftLines(facts: CycleFacts, coalition: Coalition, now: Date): CycleLine[] {
  const posted = postedLines(facts, coalition, now);
  return [
    ...posted,
    ...trueUpLines(facts, coalition, now),
    ...jointLines(facts, coalition, now),
    ...spreadLines(facts, coalition, now),
    ...breakageLines(facts, coalition, now),
    ...revenueLines(facts, coalition, now),
    ...costLines(facts, coalition, now, posted),
    ...feeLines(facts, coalition, now),
    ...broughtInLines(facts, coalition),
  ]
    .filter(isSomething)
    .toSorted((a, b) => LINE_TYPES.indexOf(a.type) - LINE_TYPES.indexOf(b.type) || (a.key < b.key ? -1 : 1));
}
