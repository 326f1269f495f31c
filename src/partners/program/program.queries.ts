import type { Db } from '../../platform/database.ts';
import type { Program } from './program.ts';

/** The program: there is one. */
export async function readProgram(db: Db): Promise<Program> {
  const [program] = await db.rows<Omit<Program, 'bankAccount'> & { bankAccount: Program['bankAccount'] | null }>(
    `select id, code, name, time_zone as "timeZone", settlement_currency as "settlementCurrency", starts_at as "startsAt", bank_account as "bankAccount"
     from partners.program`,
  );
  if (program === undefined) throw new Error('partners.program has no row');
  return { ...program, bankAccount: program.bankAccount ?? undefined };
}
