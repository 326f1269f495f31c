import { invalid, type Outcome, refused } from '../../../kernel/refusal.ts';
import type { Viewer } from '../../../kernel/viewer.ts';
import { actsForPartner } from '../../../kernel/viewer.ts';
import type { Break, BreakState } from './break.ts';

export type Deciding = Extract<Viewer, { role: 'OPERATOR' | 'PARTNER' }>;

/** The person or partner behind a change: operators are told apart by the subject of their token. */
export const personOf = (viewer: Deciding): string =>
  viewer.role === 'OPERATOR' ? `operator:${viewer.subject}` : `partner:${viewer.partnerId}`;

const LONGEST_TEXT = 2000;

/** Text for people: something, and not a book. */
export function checkNote(text: string): Outcome<string> {
  return text.trim() === '' || text.length > LONGEST_TEXT || text.includes('\0')
    ? invalid('note', `Give 1 to ${LONGEST_TEXT} characters.`)
    : { done: text };
}

/** The break, when it is the viewer's to work on and stands where it must. Whether the id is unknown or somebody else's is not told. */
export function checkBreak(found: Break | undefined, viewer: Viewer, ...states: readonly BreakState[]): Outcome<Break> {
  if (found === undefined || !actsForPartner(viewer, found.partnerId))
    return refused('FORBIDDEN', 'There is no such break for you.', { field: ['breakId'] });
  if (states.includes(found.state)) return { done: found };
  return refused('VALIDATION', `The break is ${found.state}: this is for one that is ${states.join(' or ')}.`, {
    field: ['breakId'],
    details: { state: found.state },
  });
}

/** Four eyes: the operator decides, and nobody what they proposed themselves. */
export function checkFourEyes(found: Break, viewer: Deciding): Outcome<string> {
  const person = personOf(viewer);
  return person === found.proposedBy
    ? refused('FORBIDDEN', 'You proposed this yourself: another person approves it.', { field: ['breakId'] })
    : { done: person };
}
