import type { Db } from '../../platform/database.ts';
import type { Program } from './program.ts';

interface ProgramRow extends Omit<Program, 'bankAccount' | 'memberTransfers' | 'memberApproval'> {
  readonly bankAccount: Program['bankAccount'] | null;
  readonly allowed: boolean;
  readonly minPoints: bigint | null;
  readonly dayPoints: bigint | null;
  readonly yearPoints: bigint | null;
  readonly fromPoints: bigint | null;
}

/** The program: there is one. */
export async function readProgram(db: Db): Promise<Program> {
  const [row] = await db.rows<ProgramRow>(
    `select id, code, name, time_zone as "timeZone", settlement_currency as "settlementCurrency", starts_at as "startsAt", bank_account as "bankAccount",
       allow_loss_free_loops as "allowLossFreeLoops",
       transfers_allowed as allowed, transfer_min_points as "minPoints", transfer_day_points as "dayPoints", transfer_year_points as "yearPoints",
       approval_from_points as "fromPoints"
     from partners.program`,
  );
  if (row === undefined) throw new Error('partners.program has no row');
  const { allowed, minPoints, dayPoints, yearPoints, fromPoints, ...program } = row;
  return {
    ...program,
    bankAccount: program.bankAccount ?? undefined,
    memberTransfers: {
      allowed,
      minPoints: minPoints ?? undefined,
      perMemberDayPoints: dayPoints ?? undefined,
      perMemberYearPoints: yearPoints ?? undefined,
    },
    memberApproval: { fromPoints: fromPoints ?? undefined },
  };
}
