import { toPublicId } from '../../kernel/ids.ts';
import { dayOf } from '../../kernel/instant.ts';
import { bumpRevision, type Coalition, coalitionNow, coalitionToChange } from '../../partners/coalition.ts';
import { suspendContract } from '../../partners/contracts/suspend-contract.ts';
import type { Tx } from '../../platform/database.ts';
import { readDisputedMinor } from '../disputes/disputes.queries.ts';
import { statusOn } from './ageing.rules.ts';
import type { Instruction } from './instruction.ts';
import { readPastDue, updateStatus } from './instructions.queries.ts';
import { readDefaultAfterDays } from './settlement-policy.queries.ts';

/**
 * What was not paid by its due date becomes OVERDUE, and after as many days as the policy says DEFAULTED: then the contract of a partner that
 * should have paid is suspended (domain 3.5.6). Takes at most `limit` instructions, those that are due longest first; answers how many it
 * changed.
 */
export async function ageInstructions(tx: Tx, asOf: Date, limit: number): Promise<number> {
  const day = dayOf(asOf, (await coalitionNow(tx)).coalition.program.timeZone);
  if ((await aged(tx, await readPastDue(tx, day), day)).length === 0) return 0;
  // A suspension changes the configuration: such changes take turns, before anything else is locked.
  const moment = await coalitionToChange(tx);
  const changed = (await aged(tx, await readPastDue(tx, day, 'for update'), day)).slice(0, limit);
  for (const instruction of changed) await updateStatus(tx, instruction);
  const defaulted = changed.filter(({ status, payer }) => status === 'DEFAULTED' && payer !== null);
  for (const instruction of defaulted) await suspendFor(tx, instruction, moment);
  if (defaulted.length > 0) await bumpRevision(tx);
  return changed.length;
}

/** The instructions that do not stand where they should on a day, as they should. */
async function aged(tx: Tx, instructions: readonly Instruction[], day: string): Promise<Instruction[]> {
  const ids = instructions.map(({ id }) => id);
  const [disputed, defaultAfterDays] = [await readDisputedMinor(tx, ids), await readDefaultAfterDays(tx)];
  return instructions.flatMap((instruction, at) => {
    const status = statusOn(day, instruction, disputed[at] ?? 0n, defaultAfterDays);
    return status === instruction.status ? [] : [{ ...instruction, status }];
  });
}

async function suspendFor(
  tx: Tx,
  { id, payer, dueDate }: Instruction,
  { coalition, now }: { readonly coalition: Coalition; readonly now: Date },
): Promise<void> {
  const contract = coalition.contractOf(payer ?? '');
  if (contract === undefined) return;
  const reason = `UNPAID: payment ${toPublicId('SettlementInstruction', id)} was due on ${dueDate}.`;
  const command = { contractId: toPublicId('Contract', contract.id), reason };
  // A contract that is over or suspended already stays as it is.
  await suspendContract(tx, command, { coalition, now, id }, { role: 'OPERATOR', subject: 'settlement' });
}
