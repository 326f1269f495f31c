import { textUpTo } from '../text.ts';

const text = textUpTo(2_000, 'A note');

/** What somebody says about a step. */
export const remark = text.optional();

/** A note that stands by itself. */
export const note = text.min(1, 'A note says something.');
