import { newId } from '../kernel/ids.ts';
import { done, type Outcome } from '../kernel/refusal.ts';
import { principalOf, type Role, type Viewer } from '../kernel/viewer.ts';
import { type Tx, transact } from '../platform/database.ts';
import type { Context } from '../platform/graphql/context.ts';
import { mayAct } from '../platform/graphql/rights.ts';
import { attemptOf, once, type Recorded } from '../platform/idempotency.ts';
import { bumpRevision, type Coalition, coalitionNow, coalitionToChange } from './coalition.ts';
import { refusalOfConstraint } from './constraint-refusals.ts';
import { showCoalition } from './load-coalition.ts';

/** What a change of configuration starts from. `id` is for the thing it makes. */
export interface Moment {
  readonly coalition: Coalition;
  readonly now: Date;
  readonly id: string;
}

/** A change that was done: the id of what it made or changed, and the configuration with it. */
export interface Changed {
  readonly id: string;
  readonly coalition: Coalition;
  readonly now: Date;
  readonly replayed: boolean;
}

interface Change<R extends Role> {
  readonly operation: string;
  readonly input: { readonly idempotencyKey: string };
  readonly roles: readonly R[];
  /** Answers the id of what it made or changed. */
  readonly work: (tx: Tx, moment: Moment, viewer: Extract<Viewer, { role: R }>) => Promise<Outcome<string>>;
}

/** Runs one mutation of configuration: who may, once for each key, after the change before it and seen by every process after it. */
export async function changeCoalition<R extends Role>(
  context: Context,
  { operation, input, roles, work }: Change<R>,
): Promise<Outcome<Changed>> {
  const viewer = mayAct(context.viewer, ...roles);
  if ('refused' in viewer) return viewer;
  const attempt = attemptOf(principalOf(viewer.done), operation, input);
  try {
    const outcome = await transact(context.db, async (tx): Promise<Outcome<Changed>> => {
      const before = await coalitionToChange(tx);
      const changed = await once(tx, attempt, idOf, async () => {
        const worked = await work(tx, { ...before, id: newId() }, viewer.done);
        if ('refused' in worked) return worked;
        await bumpRevision(tx);
        return done({ value: worked.done, record: { id: worked.done } });
      });
      if ('refused' in changed) return changed;
      return done({ id: changed.done.value, replayed: changed.done.replayed, ...(await coalitionNow(tx)) });
    });
    if ('done' in outcome) showCoalition(context, outcome.done);
    return outcome;
  } catch (error) {
    return refusalOfConstraint(error);
  }
}

async function idOf(recorded: Recorded): Promise<string> {
  return String(recorded.id);
}
