import { z } from 'zod';
import { done, type Outcome } from '../kernel/refusal.ts';
import { checkShape } from '../platform/check-shape.ts';
import type { Tx } from '../platform/database.ts';
import { bankAccount } from './bank-account.ts';
import type { Moment } from './change-coalition.ts';
import { locations } from './location.ts';
import { replaceLocations } from './locations.queries.ts';
import { name, newPartnerCode } from './names.ts';
import { PartnerEntity } from './partner.entity.ts';
import { PARTNER_KINDS } from './partner-kind.ts';
import { PARTNER_ROLES } from './partner-role.ts';

const shape = z.object({
  code: newPartnerCode,
  name,
  roles: z
    .array(z.enum(PARTNER_ROLES))
    .min(1, 'A partner has a role.')
    .transform((roles) => [...new Set(roles)]),
  kind: z.enum(PARTNER_KINDS).optional(),
  category: name.optional(),
  locations: locations.optional(),
  bankAccount: bankAccount.optional(),
});

/** Takes a brand into the coalition. Codes are unique by a constraint. */
export async function createPartner(tx: Tx, command: object, { id, now }: Pick<Moment, 'id' | 'now'>): Promise<Outcome<string>> {
  const checked = checkShape(shape, command);
  if ('refused' in checked) return checked;
  const { locations: listed = [], ...partner } = checked.done;
  await tx.em.insert(PartnerEntity, { ...partner, id, revision: 1, createdAt: now });
  if (listed.length > 0) await replaceLocations(tx, id, listed);
  return done(id);
}
