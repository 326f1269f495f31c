import { z } from 'zod';
import { done, type Outcome } from '../kernel/refusal.ts';
import { checkShape } from '../platform/check-shape.ts';
import type { Tx } from '../platform/database.ts';
import { bankAccount } from './bank-account.ts';
import type { Moment } from './change-coalition.ts';
import { name, newPartnerCode } from './names.ts';
import { PartnerEntity } from './partner.entity.ts';
import { PARTNER_ROLES } from './partner-role.ts';

const shape = z.object({
  code: newPartnerCode,
  name,
  roles: z
    .array(z.enum(PARTNER_ROLES))
    .min(1, 'A partner has a role.')
    .transform((roles) => [...new Set(roles)]),
  category: name.optional(),
  bankAccount: bankAccount.optional(),
});

/** Takes a brand into the coalition. Codes are unique by a constraint. */
export async function createPartner(tx: Tx, command: object, { id, now }: Pick<Moment, 'id' | 'now'>): Promise<Outcome<string>> {
  const partner = checkShape(shape, command);
  if ('refused' in partner) return partner;
  await tx.em.insert(PartnerEntity, { ...partner.done, id, createdAt: now });
  return done(id);
}
