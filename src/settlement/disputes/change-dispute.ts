import { done, invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import type { Viewer } from '../../kernel/viewer.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import type { Attempt } from '../../platform/idempotency.ts';
import { lockCycle } from '../cycles/cycles.queries.ts';
import type { Statement } from '../statements/statement.ts';
import { lockStatement } from '../statements/statements.queries.ts';
import { actorOf, checkNote, checkStep, type DisputeAction, type StepTime } from './dispute.rules.ts';
import type { Dispute, DisputeActor, DisputeWords } from './dispute.ts';
import { disputeOnce } from './dispute-once.ts';
import { readDisputePolicy } from './dispute-policy.queries.ts';
import { insertStep } from './dispute-steps.queries.ts';
import { readDisputes, sayWhetherDisputed, updateDispute } from './disputes.queries.ts';

/** A step that somebody takes with a dispute. */
export interface ChangeDispute {
  readonly attempt: Attempt;
  readonly viewer: Extract<Viewer, { role: 'OPERATOR' | 'PARTNER' }>;
  readonly disputeId: string;
  readonly note: string | undefined;
}

/** A dispute and its statement, that nobody else changes meanwhile. */
export interface LockedDispute {
  readonly dispute: Dispute;
  readonly statement: Statement;
}

/** What a step makes of a dispute, and what is shown with it. */
interface Changed {
  readonly dispute: Dispute;
  readonly entryIds?: readonly string[];
}

/** Takes one step with a dispute, once for each key: checks who may and whether it can be taken now, does it, and keeps what was said. */
export async function changeDispute(
  tx: Tx,
  { attempt, viewer, disputeId, note }: ChangeDispute,
  action: DisputeAction,
  work: (locked: LockedDispute, time: StepTime) => Promise<Outcome<Changed>>,
): Promise<Outcome<Dispute>> {
  const locked = await lockDispute(tx, disputeId);
  return disputeOnce(tx, attempt, async () => {
    if (viewer.role === 'PARTNER' && locked?.dispute.partnerId !== viewer.partnerId)
      return refused('FORBIDDEN', 'There is no such dispute of yours.', { field: ['disputeId'] });
    if (locked === undefined) return invalid('disputeId', 'There is no such dispute.');
    const words = checkNote(note);
    if ('refused' in words) return words;
    const time = await stepTime(tx);
    const may = checkStep(locked.dispute, action, time);
    if ('refused' in may) return may;
    const changed = await work(locked, time);
    if ('refused' in changed) return changed;
    await storeStep(tx, changed.done.dispute, actorOf(action), { note: words.done, entryIds: changed.done.entryIds ?? [] }, time);
    return done(changed.done.dispute);
  });
}

/**
 * Locks a dispute with its statement, behind the lock of its cycle: as reconciling and paying do, so that they take turns. Undefined where
 * there is none.
 */
export async function lockDispute(tx: Tx, id: string): Promise<LockedDispute | undefined> {
  const [found] = await readDisputes(tx, [id]);
  if (found === undefined) return undefined;
  await lockCycle(tx, found.cycleNo);
  const statement = await lockStatement(tx, found.statementId);
  const [dispute] = await readDisputes(tx, [id]);
  if (statement === undefined || dispute === undefined) throw new Error(`dispute ${id} has no statement`);
  return { dispute, statement };
}

/** The instant of a step, and the policy that counts from it. */
export async function stepTime(tx: Tx): Promise<StepTime> {
  const { coalition, now } = await coalitionNow(tx);
  return { now, timeZone: coalition.program.timeZone, policy: await readDisputePolicy(tx) };
}

/** Stores what became of a dispute, adds the step to its history, and lets its statement say whether it is disputed. */
export async function storeStep(tx: Tx, dispute: Dispute, actor: DisputeActor, words: DisputeWords, { now }: StepTime): Promise<void> {
  await updateDispute(tx, dispute);
  await insertStep(tx, dispute, actor, words, now);
  await sayWhetherDisputed(tx, dispute.statementId);
}
