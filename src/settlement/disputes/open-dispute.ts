import { newId } from '../../kernel/ids.ts';
import { dayOf } from '../../kernel/instant.ts';
import type { Amount } from '../../kernel/money.ts';
import { done, invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import { coalitionNow } from '../../partners/coalition.ts';
import type { Tx } from '../../platform/database.ts';
import type { Attempt } from '../../platform/idempotency.ts';
import { lockCycle } from '../cycles/cycles.queries.ts';
import type { Statement, StatementLine } from '../statements/statement.ts';
import { lockStatement, readStatementLines } from '../statements/statements.queries.ts';
import { stepTime } from './change-dispute.ts';
import { checkShownEntries } from './check-entries.ts';
import { checkNote, checkReason, checkRoom, opened, type StepTime } from './dispute.rules.ts';
import type { Dispute } from './dispute.ts';
import { disputeOnce } from './dispute-once.ts';
import { insertStep } from './dispute-steps.queries.ts';
import { insertDispute, readCovered, sayWhetherDisputed } from './disputes.queries.ts';

/** A partner challenges a line of its statement, whole or in part. */
export interface OpenDispute {
  readonly attempt: Attempt;
  readonly partnerId: string;
  readonly lineId: string;
  readonly disputedAmount: Amount;
  readonly reason: string;
  readonly entryIds: readonly string[];
  readonly note: string | undefined;
}

export const MOST_OF_A_LINE = 50;

/** Opens a dispute: its statement is DISPUTED until it ends; what is not disputed goes on. */
export async function openDispute(tx: Tx, command: OpenDispute): Promise<Outcome<Dispute>> {
  const { attempt, partnerId, lineId } = command;
  const [line] = await readStatementLines(tx, [lineId]);
  const own = line?.partnerId === partnerId ? line : undefined;
  if (own !== undefined) await lockCycle(tx, own.cycleNo);
  const statement = own && (await lockStatement(tx, own.statementId));
  return disputeOnce(tx, attempt, async () => {
    if (own === undefined || statement === undefined)
      return refused('FORBIDDEN', 'There is no such line on a statement of yours.', { field: ['statementLineId'] });
    const time = await stepTime(tx);
    const checked = await checkOpening(tx, command, own, statement, time);
    if ('refused' in checked) return checked;
    const { note, entryIds } = checked.done;
    const dispute = opened({ id: newId(), reason: command.reason, disputedMinor: command.disputedAmount.minor }, own, time);
    await insertDispute(tx, dispute);
    await insertStep(tx, dispute, 'PARTNER', { note, entryIds }, time.now);
    await sayWhetherDisputed(tx, statement.id);
    return done(dispute);
  });
}

async function checkOpening(
  tx: Tx,
  { partnerId, disputedAmount, reason, note, entryIds }: OpenDispute,
  line: StatementLine,
  statement: Statement,
  { now, timeZone }: StepTime,
): Promise<Outcome<{ note: string | null; entryIds: readonly string[] }>> {
  const { settlementCurrency } = (await coalitionNow(tx)).coalition.program;
  if (disputedAmount.currency !== settlementCurrency)
    return invalid('disputedAmount', `Money is in the settlement currency, ${settlementCurrency}.`);
  if (disputedAmount.minor <= 0n) return invalid('disputedAmount', 'A dispute is about more than nothing.');
  const because = checkReason(reason);
  if ('refused' in because) return because;
  const words = checkNote(note);
  if ('refused' in words) return words;
  const window = checkWindow(statement, dayOf(now, timeZone));
  if ('refused' in window) return window;
  const covered = await readCovered(tx, line.id);
  if (covered.disputes >= MOST_OF_A_LINE)
    return refused('CAP_EXCEEDED', `A line is disputed at most ${MOST_OF_A_LINE} times.`, {
      details: { limit: MOST_OF_A_LINE, remaining: 0 },
    });
  const room = checkRoom(line, covered.minor, disputedAmount.minor, 'disputedAmount');
  if ('refused' in room) return room;
  const shown = await checkShownEntries(tx, partnerId, entryIds);
  return 'refused' in shown ? shown : done({ note: words.done, entryIds: shown.done });
}

/** A line can be disputed from the day on which its statement was issued to the last one of its window, unless the partner accepted it. */
function checkWindow({ status, disputableUntil }: Statement, today: string): Outcome<string> {
  const field = ['statementLineId'];
  if (status === 'DRAFT') return refused('VALIDATION', 'The statement is not issued yet.', { field, details: { status } });
  if (status === 'ACCEPTED' || status === 'FINAL')
    return refused('DISPUTE_WINDOW_CLOSED', `The statement is ${status}: it can be disputed no more.`, { field, details: { status } });
  if (disputableUntil === null)
    return refused('DISPUTE_WINDOW_CLOSED', 'The contract had no payment terms, which give the time for disputes.', { field });
  return today <= disputableUntil
    ? done(today)
    : refused('DISPUTE_WINDOW_CLOSED', `Lines of this statement could be disputed until ${disputableUntil}; today is ${today}.`, {
        field,
        details: { disputableUntil },
      });
}
