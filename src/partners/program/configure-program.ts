import { z } from 'zod';
import { isTimeZone, startOfNextMonth } from '../../kernel/instant.ts';
import { isCurrencyCode } from '../../kernel/money.ts';
import { done, invalid, type Outcome, refused } from '../../kernel/refusal.ts';
import { checkShape } from '../../platform/check-shape.ts';
import type { Tx } from '../../platform/database.ts';
import { bankAccount } from '../bank-account.ts';
import type { Moment } from '../change-coalition.ts';
import { name } from '../names.ts';
import { isAnythingPosted } from './is-anything-posted.ts';
import { ProgramEntity } from './program.entity.ts';

const shape = z.object({
  code: z.string().regex(/^[A-Za-z0-9_-]{1,32}$/, 'A code is 1 to 32 letters, digits, hyphens and underscores.'),
  name,
  timeZone: z.string().refine(isTimeZone, 'This is no time zone of the IANA database, such as Asia/Shanghai.'),
  settlementCurrency: z.string().refine(isCurrencyCode, 'A currency code of ISO 4217 is needed.'),
  startsAt: z.date(),
  bankAccount: bankAccount.optional(),
  allowLossFreeLoops: z.boolean().default(false),
});

/** Sets up the program and restarts its first cycle. Possible until the first posting: afterwards the book depends on it. */
export async function configureProgram(tx: Tx, command: object, { coalition }: Pick<Moment, 'coalition'>): Promise<Outcome<string>> {
  const program = checkShape(shape, command);
  if ('refused' in program) return program;
  const { settlementCurrency, startsAt, timeZone } = program.done;
  if (await isAnythingPosted(tx))
    return refused('VALIDATION', 'The program is configured before its first posting, and something is posted.');
  if (settlementCurrency !== coalition.program.settlementCurrency && coalition.contracts.length > 0) {
    return invalid('settlementCurrency', `Contracts are written in ${coalition.program.settlementCurrency} already.`);
  }
  await tx.em.nativeUpdate(ProgramEntity, coalition.program.id, { ...program.done, bankAccount: program.done.bankAccount ?? null });
  await tx.rows('update ledger.cycles set starts_at = $1, cutoff = $2 where no = 1', [startsAt, startOfNextMonth(startsAt, timeZone)]);
  return done(coalition.program.id);
}
