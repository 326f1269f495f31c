import { z } from 'zod';
import { textUpTo } from './text.ts';

/** Names that people and machines give to things. */

/** The code of a partner or a point currency. */
export const newCode = z.string().regex(/^[A-Z0-9_]{1,32}$/, 'A code is 1 to 32 capitals, digits and underscores.');

/** A code that is not another's word in statements: settlement parties are partners, OPERATOR and POOL. */
export const newPartnerCode = newCode.refine((code) => code !== 'OPERATOR' && code !== 'POOL', 'OPERATOR and POOL are not partners.');

export const name = textUpTo(200, 'A name').min(1, 'A name is needed.');
