import { z } from 'zod';
import { country } from './country.ts';
import { name } from './names.ts';
import { textUpTo } from './text.ts';

const MAX_LOCATIONS = 10_000;

const location = z.object({
  externalId: textUpTo(200, 'The id of a location').min(1, 'A location has an id.'),
  name,
  city: name,
  country,
  address: textUpTo(500, 'An address').min(1, 'An address is not empty.').optional(),
});

/** A place where members meet a partner. `externalId` is what the partner calls it, also in purchases and scope clauses. */
export type Location = Readonly<z.infer<typeof location>>;

export const locations = z
  .array(location)
  .max(MAX_LOCATIONS, `A partner has at most ${MAX_LOCATIONS} locations.`)
  .refine((list) => new Set(list.map(({ externalId }) => externalId)).size === list.length, 'A location is listed once.');
