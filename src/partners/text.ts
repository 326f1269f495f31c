import { z } from 'zod';

/** Text of machines as it can be kept: PostgreSQL has no NUL characters, and UTF-8 no halves of characters that UTF-16 writes in two. */
export const word = z.string().refine((value) => !value.includes('\0') && value.isWellFormed(), {
  error: 'Text has no NUL characters and no halves of characters.',
  abort: true,
});

/** Text of people: spaces around it do not count. */
export function textUpTo(most: number, what: string) {
  return word.trim().max(most, `${what} has at most ${most.toLocaleString('en')} characters.`);
}

/** The same of a bounded length. */
export function wordUpTo(most: number, what: string) {
  return word.max(most, `${what} has at most ${most.toLocaleString('en')} characters.`);
}
