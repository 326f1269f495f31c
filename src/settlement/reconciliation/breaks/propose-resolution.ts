import { LARGEST_AMOUNT } from '../../../exchange/accrual/accrual.rules.ts';
import type { Amount } from '../../../kernel/money.ts';
import { done, invalid, type Outcome } from '../../../kernel/refusal.ts';
import { coalitionNow } from '../../../partners/coalition.ts';
import type { Tx } from '../../../platform/database.ts';
import type { Attempt } from '../../../platform/idempotency.ts';
import { checkBreak, checkNote, type Deciding, personOf } from './break.rules.ts';
import type { Break, Resolution } from './break.ts';
import { lockBreak } from './breaks.queries.ts';
import { changeBreak } from './change-break.ts';

export interface ProposeResolution {
  readonly attempt: Attempt;
  readonly viewer: Deciding;
  readonly breakId: string;
  readonly resolution: Resolution;
  /** Of an adjustment: + the partner receives. */
  readonly amount: Amount | undefined;
  readonly note: string;
}

/** OPEN to PROPOSED: says what is to be done about a break. Nothing moves before somebody else approves it. */
export function proposeResolution(tx: Tx, command: ProposeResolution): Promise<Outcome<Break>> {
  const { attempt, viewer, breakId, resolution, amount } = command;
  return changeBreak(tx, attempt, breakId, async () => {
    const { coalition, now } = await coalitionNow(tx);
    const note = checkNote(command.note);
    if ('refused' in note) return note;
    const minor = adjustmentOf(resolution, amount, coalition.program.settlementCurrency);
    if ('refused' in minor) return minor;
    const found = checkBreak(await lockBreak(tx, breakId), viewer, 'OPEN');
    if ('refused' in found) return found;
    const proposal = { resolution, adjustmentMinor: minor.done, note: note.done, proposedBy: personOf(viewer), proposedAt: now };
    return done({ ...found.done, ...proposal, state: 'PROPOSED' });
  });
}

function adjustmentOf(resolution: Resolution, amount: Amount | undefined, currency: string): Outcome<bigint | null> {
  if (resolution !== 'ADJUST')
    return amount === undefined ? done(null) : invalid('amount', `${resolution} moves no money: leave the amount out, or ADJUST.`);
  if (amount === undefined || amount.minor === 0n) return invalid('amount', 'An adjustment says how much; + the partner receives.');
  if (amount.currency !== currency) return invalid('amount.currency', `Money is in the settlement currency, ${currency}.`);
  const isTooMuch = amount.minor > LARGEST_AMOUNT || amount.minor < -LARGEST_AMOUNT;
  return isTooMuch ? invalid('amount.minor', `An adjustment is at most ${LARGEST_AMOUNT} minor units.`) : done(amount.minor);
}
