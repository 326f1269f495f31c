import type { Arena } from '../arena.ts';
import { contest } from '../contest.ts';
import { accrueLoad } from '../our-accruals.ts';
import { type Result, reportContest } from '../report.ts';

/** What the load client reaches against a server that does nothing: the bound of all other figures over HTTP. */
export async function client(arena: Arena): Promise<Result> {
  const { pid, port } = await arena.peer('constant.process.ts');
  const load = { ...(await accrueLoad(arena, arena.brands.length)), port };
  const contestant = { name: 'constantAnswer', pid, run: (seconds: number) => arena.load({ ...load, seconds }) };
  return reportContest(await contest(arena, 'client', [contestant]), []);
}
