import { z } from 'zod';

const text = z.string().trim().max(2_000, 'A note has at most 2,000 characters.');

/** What somebody says about a step. */
export const remark = text.optional();

/** A note that stands by itself. */
export const note = text.min(1, 'A note says something.');
