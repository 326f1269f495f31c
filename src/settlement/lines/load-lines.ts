import type { Coalition } from '../../partners/coalition.ts';
import { readCoalitionOnce } from '../../partners/load-coalition.ts';
import type { Db } from '../../platform/database.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { type Cycle, isFrozen, speakingAt } from '../cycles/cycle.ts';
import type { CycleLine } from './cycle-line.ts';
import { draftLines } from './draft-lines.rules.ts';
import { readFrozenLines } from './frozen-lines.queries.ts';
import { readCycleFacts } from './read-facts.ts';

const drafts = new WeakMap<Context, Map<number, Promise<readonly CycleLine[]>>>();

/**
 * The lines of a cycle: as they were frozen, or of the open one as they would come out now, drafted once a request for whoever asks in it.
 * Whose lines a viewer sees is the caller's to check.
 */
export function loadLines(context: Context, cycle: Cycle): Promise<readonly CycleLine[]> {
  if (isFrozen(cycle)) return context.load(readFrozenLines, cycle.no);
  const ofRequest = drafts.get(context) ?? new Map<number, Promise<readonly CycleLine[]>>();
  drafts.set(context, ofRequest);
  let draft = ofRequest.get(cycle.no);
  if (draft === undefined) {
    draft = readCoalitionOnce(context).then(({ coalition }) => drawLines(context.db, coalition, cycle, context.now));
    ofRequest.set(cycle.no, draft);
  }
  return draft;
}

/** The lines of a cycle from its entries and the terms of contracts, whether they are frozen already or not. */
export async function drawLines(db: Db, coalition: Coalition, cycle: Cycle, now: Date): Promise<CycleLine[]> {
  const at = speakingAt(cycle, now);
  return draftLines(await readCycleFacts(db, coalition, cycle, at), coalition, at);
}
