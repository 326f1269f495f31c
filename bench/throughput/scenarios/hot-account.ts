import type { Arena } from '../arena.ts';
import { contest } from '../contest.ts';
import { ourAccruals } from '../our-accruals.ts';
import { type Result, reportContest } from '../report.ts';

/** Purchases spread over all brands, beside the same all of one brand: its account, its pool and what it issued change with every one. */
export async function hotAccount(arena: Arena): Promise<Result> {
  const contestants = [await ourAccruals(arena, 'spread', arena.brands.length), await ourAccruals(arena, 'oneAccount', 1)];
  return reportContest(await contest(arena, 'hotAccount', contestants), [['oneAccount', 'spread']]);
}
