// Whether live delivery keeps its word for as long as one likes: two gateway processes on one database, clients that are cut off, hang, read
// slowly and come back elsewhere, one gateway killed every minute, and changes all the time. In the end every client must have what the database
// has, nobody may have seen a gap, a repeat or a step back, and every balance that anybody was told must be in the book. Exits with 1
// otherwise. Run:
// node --import ./bench/transpile.ts bench/live-soak.bench.ts [minutes=10] [--clients=300] [--members=60] [--rate=100] [--kill=60] [--json]

import { pause, publish, readOptions, say, wallClock } from './figures.ts';
import { balancesText } from './live/balance-book.ts';
import { changeKey } from './live/commit-times.ts';
import { type Gateway, inHouse } from './live/house.ts';
import { readBalances, readHistory } from './live/read-balances.ts';
import { type Life, type SoakClient, startSoakClient } from './live/soak-client.ts';
import { startTrade } from './live/trade.ts';

const { clients, members, rate, kill } = readOptions({ clients: 300, members: 60, rate: 100, kill: 60 });
const minutes = Number(process.argv.slice(2).find((argument) => /^[\d.]+$/.test(argument)) ?? 10);
/** Clients that follow one member so many times over that what waits for them while they hang fits no buffer of the system. */
const SLOW_CLIENTS = 2;
const SLOW_SUBSCRIPTIONS = 100;
const SETTLE_MS = 60_000;

/** Tallies by name. */
function tally() {
  const counts = new Map<string, number>();
  return { counts, add: (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1) };
}

await inHouse(members, async (house) => {
  const doors: Gateway[] = [await house.gateway(), await house.gateway()];
  const events = tally();
  const verdicts = tally();
  const violations = tally();
  const told = new Map<string, string>();
  const portNot = (not: number): number => {
    const others = doors.filter(({ port }) => port !== not);
    return others[Math.floor(Math.random() * others.length)]?.port ?? not;
  };

  const common: Pick<Life, 'port' | 'happened' | 'heard'> = {
    port: portNot,
    happened(what) {
      events.add(what);
      // Being asked to come again is no wrong: the client does.
      if (what.startsWith('was told') && !/"type":"complete"|"SERVICE_UNAVAILABLE"/.test(what)) violations.add(what);
      if (/: (1011|4400|4500)/.test(what)) violations.add(what);
    },
    heard(verdict, { memberUuid }, change) {
      verdicts.add(verdict);
      if (verdict === 'gap' || verdict === 'repeat' || verdict === 'backwards') violations.add(verdict);
      if (change.version === '0') return;
      const key = changeKey(memberUuid, change.currency.code, change.version);
      const text = balancesText(change);
      if ((told.get(key) ?? text) !== text) violations.add('two balances under one version');
      told.set(key, text);
    },
  };
  const crowd: SoakClient[] = [];
  for (let no = 0; no < clients; no += 1) {
    const member = house.members[no % members];
    if (member === undefined) continue;
    const token = await house.token({ role: 'MEMBER', member: member.id });
    crowd.push(startSoakClient({ ...common, token, followed: [{ memberUuid: member.uuid }], isSlow: false }));
  }
  const [favourite] = house.members;
  for (let no = 0; no < SLOW_CLIENTS && favourite !== undefined; no += 1) {
    const token = await house.token({ role: 'OPERATOR', person: `slow-${no}` });
    const followed = Array.from({ length: SLOW_SUBSCRIPTIONS }, () => ({ memberUuid: favourite.uuid, memberId: favourite.id }));
    crowd.push(startSoakClient({ ...common, token, followed, isSlow: true }));
  }

  const [before] = await house.db.rows<{ count: bigint }>('select count(*) from exchange.accruals');
  const trading = startTrade({
    rate,
    members: house.members.map(({ id }) => id),
    partners: [
      { currency: 'APT', token: await house.token({ role: 'PARTNER', partner: 'AERO' }) },
      { currency: 'BPT', token: await house.token({ role: 'PARTNER', partner: 'BOOKS' }) },
    ],
    port: () => portNot(0),
  });

  const ends = wallClock() + minutes * 60_000;
  say(`${clients} clients and ${SLOW_CLIENTS} slow ones, ${rate} requests a second, ${minutes} minutes.`);
  for (let nextKill = wallClock() + Math.min(kill, minutes * 30) * 1_000; wallClock() < ends; ) {
    await Promise.race([pause(Math.max(0, Math.min(nextKill, ends) - wallClock())), trading.failed]);
    if (wallClock() >= ends) break;
    const at = Math.floor(Math.random() * doors.length);
    const victim = doors[at];
    if (victim === undefined) break;
    await victim.kill();
    events.add('gateway killed');
    await pause(1_000 + Math.random() * 3_000);
    doors[at] = await house.gateway(victim.port);
    nextKill = wallClock() + kill * 1_000;
    say(`  ${Math.max(0, Math.round((ends - wallClock()) / 1_000))} s left; ${JSON.stringify(Object.fromEntries(verdicts.counts))}`);
  }
  await trading.stop();
  for (const client of crowd) client.settle();

  const stored = await readBalances(house);
  const isRight = ({ books }: SoakClient): boolean =>
    books.every(({ followed, book }) =>
      [...house.currencies.values()].every((code) => {
        const inBook = stored.get(followed.memberUuid)?.get(code);
        const known = book.last.get(code);
        return known !== undefined && known.version === (inBook?.version ?? 0n) && known.text === (inBook?.text ?? '0/0/0');
      }),
    );
  const settledBy = wallClock() + SETTLE_MS;
  while (wallClock() < settledBy && !crowd.every(isRight)) await pause(200);
  const behind = crowd.filter((client) => !isRight(client));
  const notRight = behind.length;
  for (const client of behind) {
    const heard = client.books.slice(0, 3).map(({ followed, book }) =>
      [...house.currencies.values()]
        .map((code) => {
          const known = book.last.get(code);
          return `${code} ${known?.version} of ${stored.get(followed.memberUuid)?.get(code)?.version ?? 0n}`;
        })
        .join(', '),
    );
    say(`  not right: ${client.whereabouts()}: ${heard.join('; ')}`);
  }
  for (const client of crowd) client.end();

  const history = await readHistory(house);
  for (const [key, text] of told) if (history.get(key) !== text) violations.add('a balance that is not in the book');
  const [after] = await house.db.rows<{ count: bigint }>('select count(*) from exchange.accruals');
  const accruals = Number((after?.count ?? 0n) - (before?.count ?? 0n));
  if (accruals !== trading.counts.get('accrue')) violations.add('accruals done and accruals in the book differ');
  if (notRight > 0) violations.add('clients that do not have what the database has');

  const sorted = (counts: ReadonlyMap<string, number>) => Object.fromEntries([...counts].toSorted(([a], [b]) => a.localeCompare(b)));
  const said = {
    clients: crowd.length,
    subscriptions: crowd.reduce((sum, { books }) => sum + books.length, 0),
    'clients that have what the database has': crowd.length - notRight,
    'changes in the book': history.size,
    'balances told that were compared with it': told.size,
  };
  publish(
    `A soak of ${minutes} minutes: ${violations.counts.size === 0 ? 'nothing was wrong' : 'WRONG'}`,
    { ...said, ...sorted(verdicts.counts), ...sorted(trading.counts), ...sorted(events.counts), ...prefixed('WRONG: ', violations.counts) },
    {
      bench: 'live-soak',
      minutes,
      ...said,
      heard: sorted(verdicts.counts),
      requests: sorted(trading.counts),
      events: sorted(events.counts),
      violations: sorted(violations.counts),
    },
  );
  if (violations.counts.size > 0) process.exitCode = 1;
});

function prefixed(prefix: string, counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].map(([what, count]) => [`${prefix}${what}`, count]));
}
