import { isISO31661Alpha2 } from 'class-validator';
import { z } from 'zod';

/** A country by its code of ISO 3166-1. */
export const country = z
  .string()
  .refine((value) => /^[A-Z]{2}$/.test(value) && isISO31661Alpha2(value), 'A country is two capitals of ISO 3166-1, such as CN.');
