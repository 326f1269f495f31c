import { z } from 'zod';
import { done, type Outcome } from '../../kernel/refusal.ts';
import { checkShape } from '../../platform/check-shape.ts';
import type { Tx } from '../../platform/database.ts';
import { bankAccount } from '../bank-account.ts';
import type { Moment } from '../change-coalition.ts';
import { ProgramEntity } from './program.entity.ts';

const shape = z.object({ bankAccount });

/** Says from which account the operator pays, from now on: also when the rest of the program cannot be changed any more. */
export async function setBankAccount(tx: Tx, command: object, { coalition }: Pick<Moment, 'coalition'>): Promise<Outcome<string>> {
  const account = checkShape(shape, command);
  if ('refused' in account) return account;
  await tx.em.nativeUpdate(ProgramEntity, coalition.program.id, account.done);
  return done(coalition.program.id);
}
