import { plusDays } from '../../kernel/instant.ts';
import { done, invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import type { LineType } from '../lines/cycle-line.ts';
import type { StatementLine } from '../statements/statement.ts';
import type { Dispute, DisputeStatus } from './dispute.ts';
import type { DisputePolicy } from './dispute-policy.ts';

/** The instant of a step, and how time is counted from it. */
export interface StepTime {
  readonly now: Date;
  readonly timeZone: string;
  readonly policy: DisputePolicy;
}

const LAST_STAGE = 3;

const OPEN: readonly DisputeStatus[] = ['OPENED', 'UNDER_REVIEW', 'EVIDENCE_REQUESTED', 'EVIDENCE_PROVIDED'];

/** What can be done with a dispute, and where it must stand for it (domain 4.10). */
const STEPS = {
  REVIEW: { by: 'OPERATOR', from: ['OPENED'] },
  REQUEST_EVIDENCE: { by: 'OPERATOR', from: ['UNDER_REVIEW', 'EVIDENCE_PROVIDED'] },
  PROVIDE_EVIDENCE: { by: 'PARTNER', from: ['EVIDENCE_REQUESTED'] },
  RESOLVE: { by: 'OPERATOR', from: OPEN },
  ESCALATE: { by: 'PARTNER', from: ['REJECTED'] },
  WITHDRAW: { by: 'PARTNER', from: OPEN },
} as const satisfies Readonly<Record<string, { by: 'OPERATOR' | 'PARTNER'; from: readonly DisputeStatus[] }>>;

export type DisputeAction = keyof typeof STEPS;

export const actorOf = (action: DisputeAction): 'OPERATOR' | 'PARTNER' => STEPS[action].by;

/** Whether the operator's time for an answer has passed, by the program's clock. */
export const isOverdue = ({ dueAt }: Pick<Dispute, 'dueAt'>, now: Date): boolean => dueAt !== null && dueAt <= now;

/** Whether the step may be taken with the dispute as it stands now. */
export function checkStep(dispute: Dispute, action: DisputeAction, { now, policy }: StepTime): Outcome<Dispute> {
  const { by, from } = STEPS[action];
  const { status, stage, escalableUntil } = dispute;
  const no = (message: string) => refused('DISPUTE_RESOLVED', message, { field: ['disputeId'], details: { status, stage } });
  if (!(from as readonly DisputeStatus[]).includes(status))
    return no(`The dispute is ${status}: this can be done only with one that is ${from.join(', ')}.`);
  // The clock decides, not the job that comes after it.
  if (by === 'OPERATOR' && action !== 'RESOLVE' && policy.autoAccept && isOverdue(dispute, now)) return no(SILENT);
  if (action !== 'ESCALATE') return done(dispute);
  if (escalableUntil === null) return no(`The decision of stage ${LAST_STAGE} is final.`);
  return now <= escalableUntil
    ? done(dispute)
    : refused('DISPUTE_WINDOW_CLOSED', `A rejection could be escalated until ${escalableUntil.toISOString()}.`, { field: ['disputeId'] });
}

const SILENT = 'The time for an answer has passed, and the policy says that the dispute is accepted as a whole then.';

/** The amount that is accepted: nothing to all of what is disputed; all of it once the operator was silent for too long and the policy says so. */
export function checkAccepted(dispute: Dispute, acceptedMinor: bigint, { now, policy }: StepTime): Outcome<bigint> {
  const { disputedMinor } = dispute;
  if (acceptedMinor < 0n || acceptedMinor > disputedMinor)
    return refused('VALIDATION', `Between 0 and ${disputedMinor} minor units can be accepted: so much is disputed.`, {
      field: ['acceptedAmount'],
      details: { disputed: String(disputedMinor) },
    });
  if (acceptedMinor < disputedMinor && policy.autoAccept && isOverdue(dispute, now))
    return refused('DISPUTE_RESOLVED', SILENT, { field: ['acceptedAmount'] });
  return done(acceptedMinor);
}

const dueFrom = ({ now, timeZone, policy }: StepTime): Date => plusDays(now, policy.slaDays, timeZone);

/** A dispute that has just been opened, with the operator's time for an answer. */
export function opened(fresh: Pick<Dispute, 'id' | 'reason' | 'disputedMinor'>, line: StatementLine, time: StepTime): Dispute {
  const { id: shareId, statementId, cycleNo, partnerId } = line;
  return {
    ...{ ...fresh, shareId, statementId, cycleNo, partnerId },
    ...{ status: 'OPENED', stage: 1, acceptedMinor: null, adjustmentId: null },
    ...{ openedAt: time.now, dueAt: dueFrom(time), escalableUntil: null, resolvedAt: null },
  };
}

/** The operator has taken it: its time for an answer goes on. */
export const reviewed = (dispute: Dispute): Dispute => ({ ...dispute, status: 'UNDER_REVIEW' });

/** The partner's turn: the operator's time stands still. */
export const evidenceRequested = (dispute: Dispute): Dispute => ({ ...dispute, status: 'EVIDENCE_REQUESTED', dueAt: null });

/** The operator's turn again, with its whole time. */
export const evidenceProvided = (dispute: Dispute, time: StepTime): Dispute => ({
  ...dispute,
  status: 'EVIDENCE_PROVIDED',
  dueAt: dueFrom(time),
});

/** Decided: all, a part or nothing of it is accepted. Before the last stage nothing may be escalated for as long as an answer takes. */
export function decided(dispute: Dispute, acceptedMinor: bigint, time: StepTime): Dispute {
  const status = acceptedMinor === 0n ? 'REJECTED' : acceptedMinor === dispute.disputedMinor ? 'ACCEPTED' : 'PARTIALLY_ACCEPTED';
  const escalableUntil = status === 'REJECTED' && dispute.stage < LAST_STAGE ? dueFrom(time) : null;
  return { ...dispute, status, acceptedMinor, dueAt: null, escalableUntil, resolvedAt: time.now };
}

/** The partner does not accept a rejection: the next stage. */
export const escalated = (dispute: Dispute, time: StepTime): Dispute => ({
  ...dispute,
  ...{ status: 'UNDER_REVIEW', stage: dispute.stage + 1, acceptedMinor: null },
  ...{ dueAt: dueFrom(time), escalableUntil: null, resolvedAt: null },
});

/** The partner takes it back. */
export const withdrawn = (dispute: Dispute, { now }: StepTime): Dispute => ({
  ...dispute,
  ...{ status: 'WITHDRAWN', dueAt: null, resolvedAt: now },
});

/** Whether so much of a line can be disputed, when others cover a part of it already. Its sign does not matter: + is too little then, - too much. */
export function checkRoom(line: StatementLine, coveredMinor: bigint, wantedMinor: bigint, field: string): Outcome<bigint> {
  const room = (line.minor < 0n ? -line.minor : line.minor) - coveredMinor;
  return wantedMinor <= room
    ? done(wantedMinor)
    : refused('VALIDATION', `At most ${room} minor units of this line can be disputed still.`, {
        field: [field],
        details: { disputable: String(room) },
      });
}

const LONGEST_REASON = 200;
const LONGEST_NOTE = 2_000;

function isText(text: string, longest: number): boolean {
  return text.trim() !== '' && text.length <= longest && !text.includes('\0');
}

/** Why something is disputed: a code or a few words. */
export const checkReason = (reason: string): Outcome<string> =>
  isText(reason, LONGEST_REASON) ? done(reason) : invalid('reason', `Give 1 to ${LONGEST_REASON} characters.`);

/** What is said with a step; nothing when it is left out. */
export function checkNote(note: string | undefined): Outcome<string | null> {
  if (note === undefined) return done(null);
  return isText(note, LONGEST_NOTE) ? done(note) : invalid('note', `Give 1 to ${LONGEST_NOTE} characters.`);
}

/** Between two partners alone the other one bears what is accepted; everywhere else the operator does. */
const BETWEEN_PARTNERS: readonly LineType[] = ['REVENUE_SHARE', 'ADJUSTMENT'];

/** Who bears what is accepted of a line, given the other parties of it (a partner's stored id, or null); undefined is the operator. */
export function counterpartyOf({ type }: Pick<StatementLine, 'type'>, others: readonly (string | null)[]): string | undefined {
  const [other, ...more] = others;
  return BETWEEN_PARTNERS.includes(type) && more.length === 0 ? (other ?? undefined) : undefined;
}
