import { z } from 'zod';
import { done, invalid, type Outcome } from '../../kernel/refusal.ts';
import { checkShape } from '../../platform/check-shape.ts';
import type { Tx } from '../../platform/database.ts';
import type { Moment } from '../change-coalition.ts';
import { name, newCode } from '../names.ts';
import { expiryPolicy } from './expiry.rules.ts';
import { PointCurrencyEntity } from './point-currency.entity.ts';

const shape = z.object({ code: newCode, name, issuer: z.string().optional(), expiry: expiryPolicy.default({ kind: 'NEVER' }) });

/** Makes a new unit of points, of one partner or of the coalition. Codes are unique by a constraint. */
export async function createPointCurrency(tx: Tx, command: object, { coalition, id, now }: Moment): Promise<Outcome<string>> {
  const currency = checkShape(shape, command);
  if ('refused' in currency) return currency;
  const issuer = currency.done.issuer === undefined ? undefined : coalition.partnerOf(currency.done.issuer);
  if (currency.done.issuer !== undefined && issuer === undefined) return invalid('issuer', `There is no partner ${currency.done.issuer}.`);
  await tx.em.insert(PointCurrencyEntity, { ...currency.done, id, issuer: issuer?.id, createdAt: now });
  return done(id);
}
