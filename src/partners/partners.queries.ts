import type { Db } from '../platform/database.ts';
import type { Partner } from './partner.ts';

type PartnerRow = Omit<Partner, 'category' | 'bankAccount'> & { category: string | null; bankAccount: Partner['bankAccount'] | null };

/** All partners, in the order of their codes. */
export async function readPartners(db: Db): Promise<Partner[]> {
  const rows = await db.rows<PartnerRow>(
    'select id, code, name, roles, category, bank_account as "bankAccount" from partners.partners order by code collate "C"',
  );
  return rows.map((row) => ({ ...row, category: row.category ?? undefined, bankAccount: row.bankAccount ?? undefined }));
}
