import { z } from 'zod';
import { done, type Outcome, refused } from '../../kernel/refusal.ts';
import { actsForPartner } from '../../kernel/viewer.ts';
import { checkShape } from '../../platform/check-shape.ts';
import type { Tx } from '../../platform/database.ts';
import type { Moment } from '../change-coalition.ts';
import { contractNamed } from './contract-named.ts';
import { note } from './contract-note.ts';
import { recordEvent, type Signatory } from './record-event.ts';

export interface AddNote {
  readonly contractId: string;
  readonly note: string;
}

const shape = z.object({ note });

/** Operator or partner puts a word on record that both can read. */
export async function addNote(tx: Tx, command: AddNote, { coalition, now }: Moment, by: Signatory): Promise<Outcome<string>> {
  const said = checkShape(shape, command);
  if ('refused' in said) return said;
  const named = contractNamed(coalition, command.contractId, by);
  if ('refused' in named) return named;
  if (!actsForPartner(by, named.done.partnerId))
    return refused('FORBIDDEN', 'A partner writes notes on its own contract.', { field: ['contractId'] });
  await recordEvent(tx, { contractId: named.done.id, kind: 'NOTE_ADDED', note: said.done.note }, by, now);
  return done(named.done.id);
}
