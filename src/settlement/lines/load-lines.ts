import { readCoalitionOnce } from '../../partners/load-coalition.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { readOpenCycle } from '../cycles/cycles.queries.ts';
import type { CycleLine } from './cycle-line.ts';
import { draftLines } from './draft-lines.rules.ts';
import { readCycleFacts } from './read-facts.ts';

const drafts = new WeakMap<Context, Promise<readonly CycleLine[]>>();

/** The lines of the open cycle as they would come out now, drafted once a request for whoever asks in it. Whose lines a viewer sees is the caller's to check. */
export function loadOpenLines(context: Context): Promise<readonly CycleLine[]> {
  let draft = drafts.get(context);
  if (draft === undefined) {
    draft = draftOpenLines(context);
    drafts.set(context, draft);
  }
  return draft;
}

async function draftOpenLines(context: Context): Promise<readonly CycleLine[]> {
  const [{ coalition }, cycle] = await Promise.all([readCoalitionOnce(context), context.load(readOpenCycle, 'open')]);
  return draftLines(await readCycleFacts(context.db, coalition, cycle.startsAt, context.now), coalition, context.now);
}
