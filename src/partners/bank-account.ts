import { isBIC, isIBAN } from 'class-validator';
import { z } from 'zod';
import { name } from './names.ts';

const compact = (value: string) => value.replace(/\s/g, '').toUpperCase();

/** Where a party is paid; the IBAN with its check digits. */
export const bankAccount = z.object({
  holder: name,
  iban: z
    .string()
    .transform(compact)
    .refine((iban) => isIBAN(iban), 'This is no IBAN: its length or check digits are wrong.'),
  bic: z
    .string()
    .transform(compact)
    .refine((bic) => isBIC(bic), 'A BIC has 8 or 11 characters, such as DEUTDEFF.')
    .optional(),
});
