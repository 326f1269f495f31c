import { z } from 'zod';
import { done, invalid, type Outcome, refused } from '../kernel/refusal.ts';
import { checkShape } from '../platform/check-shape.ts';
import type { Tx } from '../platform/database.ts';
import { bankAccount } from './bank-account.ts';
import type { Moment } from './change-coalition.ts';
import { refuseMoveIntoTakenCategory } from './contracts/category-change.guard.ts';
import { locations } from './location.ts';
import { replaceLocations } from './locations.queries.ts';
import { name } from './names.ts';
import { PartnerEntity } from './partner.entity.ts';
import { PARTNER_KINDS } from './partner-kind.ts';

const shape = z.object({
  code: z.string(),
  revision: z.int().optional(),
  name: name.optional(),
  kind: z.enum(PARTNER_KINDS).optional(),
  category: name.optional(),
  locations: locations.optional(),
  bankAccount: bankAccount.optional(),
});

/** Changes what is given of a partner; locations are replaced as a whole. */
export async function updatePartner(
  tx: Tx,
  command: object,
  { coalition, now }: Pick<Moment, 'coalition' | 'now'>,
): Promise<Outcome<string>> {
  const checked = checkShape(shape, command);
  if ('refused' in checked) return checked;
  const { code, revision, locations: listed, ...change } = checked.done;
  const partner = coalition.partnerOf(code);
  if (partner === undefined) return invalid('code', `There is no partner ${code}.`);
  if (revision !== undefined && revision !== partner.revision) {
    return refused('REVISION_CONFLICT', `The partner has changed: it is at revision ${partner.revision}.`, {
      field: ['revision'],
      details: { revision: partner.revision },
    });
  }
  const move = change.category === undefined ? done(undefined) : refuseMoveIntoTakenCategory({ coalition, now }, partner, change.category);
  if ('refused' in move) return move;
  await tx.em.nativeUpdate(PartnerEntity, partner.id, { ...change, revision: partner.revision + 1 });
  if (listed !== undefined) await replaceLocations(tx, partner.id, listed);
  return done(partner.id);
}
