// Whether what was answered stays, and what was not can be repeated, whatever dies: shops post at full load through two gateway processes while
// PostgreSQL and the gateways are killed in turns, and each request is sent again with its key until it is answered. In the end the book must
// have what was acknowledged, once, and nothing else. Exits with 1 otherwise. Run:
// npm run -s build && node --import ./bench/transpile.ts bench/chaos.bench.ts [--kills=50] [--lanes=32] [--members=500] [--calm=0.5] [--json]

import 'reflect-metadata';
import { foundBrands } from './brands.ts';
import { audit } from './chaos/audit.ts';
import type { Insisting } from './chaos/insist.ts';
import { repeat } from './chaos/repeat.ts';
import { startShops } from './chaos/shops.ts';
import { pause, publish, readOptions, rounded, say, spreadOf, wallClock } from './figures.ts';
import { inHouse } from './live/house.ts';
import type { Gateway } from './throughput/start-gateway.ts';

/** `calm` is the seconds of undisturbed load before each kill. */
const { kills, lanes, members, calm } = readOptions({ kills: 50, lanes: 32, members: 500, calm: 0.5 });
const BRANDS = 4;
const VICTIMS = ['server', 'gateway', 'backend', 'gateway'] as const;
/** So many of the last that were answered before a kill are sent again after it. */
const REPEATED = 100;
/** So many of the whole run are sent again in the end. */
const REPEATED_LAST = 1_000;
const BACK_WITHIN_MS = 30_000;

/** Tallies by name. */
function tally() {
  const counts = new Map<string, number>();
  return { counts, add: (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1) };
}

await inHouse(members, async (house) => {
  const brands = (await foundBrands(house.db, BRANDS)).filter(({ code }) => /^P\d\d$/.test(code));
  const doors: [Gateway, Gateway] = [await house.builtGateway(), await house.builtGateway()];
  const violations = tally();
  const repeats = tally();
  const lastAnswered = new Map<number, number>();
  const insisting: Insisting = {
    port: () => doors[Math.random() < 0.5 ? 0 : 1].port,
    again(operation, why) {
      repeats.add(why);
      if (why === 'INTERNAL_SERVER_ERROR') violations.add(`${operation}: ${why}`);
    },
    answered: (port, sentAt) => void lastAnswered.set(port, Math.max(lastAnswered.get(port) ?? 0, sentAt)),
  };
  const began = wallClock();
  const trading = startShops({
    lanes,
    members: house.members,
    shops: await Promise.all(
      brands.map(async ({ code, no }) => ({ no, currency: `${code}T`, token: await house.token({ role: 'PARTNER', partner: code }) })),
    ),
    insisting,
    wrong: violations.add,
  });

  const killOne: Record<(typeof VICTIMS)[number], (turn: number) => Promise<void>> = {
    server: () => house.postgres.killServer(),
    backend: () => house.postgres.killBackend(),
    async gateway(turn) {
      const at = turn % 4 === 1 ? 0 : 1;
      const { port, kill } = doors[at];
      await kill();
      doors[at] = await house.builtGateway(port);
    },
  };
  /** Resolves when each gateway has answered something that was sent since. */
  async function untilAllAnswer(since: number): Promise<void> {
    for (const until = wallClock() + BACK_WITHIN_MS; doors.some(({ port }) => (lastAnswered.get(port) ?? 0) < since); await pause(5)) {
      if (wallClock() < until) continue;
      violations.add('a gateway did not come back');
      return;
    }
  }

  const away: Record<(typeof VICTIMS)[number], number[]> = { server: [], gateway: [], backend: [] };
  async function killInTurns(): Promise<void> {
    for (let turn = 0; turn < kills; turn += 1) {
      await pause(calm * 1_000 * (0.5 + Math.random()));
      const victim = VICTIMS[turn % VICTIMS.length] ?? 'server';
      const killedAt = wallClock();
      const answered = trading.deeds.length;
      await killOne[victim](turn);
      const startedAt = wallClock();
      await untilAllAnswer(startedAt);
      away[victim].push(wallClock() - killedAt);
      await repeat(insisting, trading.deeds.slice(Math.max(0, answered - REPEATED), answered), violations.add);
      const times = [startedAt, killedAt + (away[victim].at(-1) ?? 0), wallClock()].map((at) => Math.round(at - killedAt));
      say(
        `  ${turn + 1} of ${kills}: ${victim}, started, answering and repeated after ${times.join(', ')} ms; ${trading.deeds.length} done.`,
      );
    }
    await pause(calm * 1_000);
  }
  say(`${lanes} lanes, ${members} members, ${kills} kills.`);
  await Promise.race([killInTurns(), trading.failed]);
  await trading.stop();
  const seconds = (wallClock() - began) / 1_000;

  const { deeds, refused } = trading;
  say('Repeating some of the whole run, and comparing all of it with the book.');
  const step = Math.max(1, Math.floor(deeds.length / REPEATED_LAST));
  await repeat(
    insisting,
    deeds.filter((_, at) => at % step === 0),
    violations.add,
  );
  const compared = await audit(house.db, brands, deeds, violations.add);

  const unsure = deeds.filter(({ tries }) => tries > 1);
  const said = {
    seconds: Math.round(seconds),
    'done a second': rounded(deeds.length / seconds, 0),
    ...Object.fromEntries([...Map.groupBy(deeds, ({ operation }) => operation)].map(([operation, own]) => [operation, own.length])),
    ...Object.fromEntries(refused),
    'done that was not answered at first': unsure.length,
    'of which the first try had been done': unsure.filter(({ payload }) => payload.replayed).length,
    ...compared,
  };
  const awayMs = Object.fromEntries(Object.entries(away).flatMap(([victim, ms]) => (ms.length === 0 ? [] : [[victim, spreadOf(ms)]])));
  publish(
    `${kills} kills: ${violations.counts.size === 0 ? 'nothing was lost, doubled or wrong' : 'WRONG'}`,
    {
      ...said,
      ...prefixed('sent again: ', repeats.counts),
      ...Object.fromEntries(Object.entries(awayMs).map(([victim, ms]) => [`ms until all answered again: ${victim}`, ms])),
      ...prefixed('WRONG: ', violations.counts),
    },
    {
      bench: 'chaos',
      kills,
      ...said,
      sentAgain: Object.fromEntries(repeats.counts),
      msUntilAllAnswered: awayMs,
      violations: Object.fromEntries(violations.counts),
    },
  );
  if (violations.counts.size > 0) process.exitCode = 1;
});

function prefixed(prefix: string, counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].map(([what, count]) => [`${prefix}${what}`, count]));
}
