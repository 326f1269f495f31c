import { rounded, say } from '../../figures.ts';
import type { Arena } from '../arena.ts';
import { contest } from '../contest.ts';
import { accrueLoad, ourAccruals } from '../our-accruals.ts';
import { type Result, reportContest } from '../report.ts';

/** So many that requests wait for us, not for a connection. */
const CONNECTIONS = 128;

/** How long a purchase takes at half of the most that we do, when requests come by chance and none waits for the answer of another. */
export async function latencyAtHalf(arena: Arena, earlier: Readonly<Record<string, Result>>): Promise<Result> {
  const most = earlier.accrue?.ours ?? (await mostOf(arena));
  const rate = Number(most) / 2;
  const load = { ...(await accrueLoad(arena, arena.brands.length)), connections: CONNECTIONS, rate };
  const contestant = await ourAccruals(arena, 'ours', arena.brands.length);
  const standings = await contest(arena, `latencyAtHalf, ${rounded(rate, 0)} a second`, [
    { ...contestant, run: (seconds) => arena.load({ ...load, seconds }) },
  ]);
  reportContest(standings, []);
  return { offeredPerSecond: rounded(rate, 1), p50Ms: standings.ours?.p50, p99Ms: standings.ours?.p99, detail: standings };
}

async function mostOf(arena: Arena): Promise<number> {
  say('\nlatencyAtHalf: first the most.');
  const { ours } = await contest(arena, 'accrue', [await ourAccruals(arena, 'ours', arena.brands.length)]);
  return ours?.perSecond ?? Number.NaN;
}
