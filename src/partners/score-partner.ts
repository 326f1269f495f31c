import { z } from 'zod';
import { done, invalid, type Outcome } from '../kernel/refusal.ts';
import { checkShape } from '../platform/check-shape.ts';
import type { Tx } from '../platform/database.ts';
import type { Moment } from './change-coalition.ts';
import { remark } from './contracts/contract-note.ts';

const message = 'A score is between 1 and 5.';
const score = z.int({ error: message }).min(1, message).max(5, message);

const shape = z.object({
  partner: z.string(),
  strategicFit: score,
  complementarity: score,
  brandReputation: score,
  operatingAbility: score,
  note: remark,
});

/** Records how the operator judges a partner. Scores are kept for ever; the latest counts. */
export async function scorePartner(
  tx: Tx,
  command: object,
  { coalition, now }: Pick<Moment, 'coalition' | 'now'>,
  { subject }: { readonly subject: string },
): Promise<Outcome<string>> {
  const checked = checkShape(shape, command);
  if ('refused' in checked) return checked;
  const scores = checked.done;
  const partner = coalition.partnerOf(scores.partner);
  if (partner === undefined) return invalid('partner', `There is no partner ${scores.partner}.`);
  await tx.rows(
    `insert into partners.scores
       (partner_id, strategic_fit, complementarity, brand_reputation, operating_ability, note, scored_by, scored_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      partner.id,
      scores.strategicFit,
      scores.complementarity,
      scores.brandReputation,
      scores.operatingAbility,
      scores.note ?? null,
      subject,
      now.toISOString(),
    ],
  );
  return done(partner.id);
}
