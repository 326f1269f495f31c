// Whether a storm of connections loses anybody: so many clients connect, say who they are and subscribe within seconds while accruals go on.
// Every one must get its snapshots and then every version, and end with what the database has. Exits with 1 otherwise. Run:
// node --import ./bench/transpile.ts bench/live-storm.bench.ts [--clients=2000] [--within=5] [--members=500] [--rate=100] [--json]

import { pause, publish, readOptions, rounded, say, spreadOf, wallClock } from './figures.ts';
import { type BalanceBook, openBalanceBook } from './live/balance-book.ts';
import { inHouse } from './live/house.ts';
import { readBalances } from './live/read-balances.ts';
import { changeIn, openSession, type Session } from './live/session.ts';
import type { Written } from './live/writer.process.ts';

const { clients, within, members, rate } = readOptions({ clients: 2_000, within: 5, members: 500, rate: 100 });
const AFTERWARDS_SECONDS = 5;
const PATIENCE_MS = 30_000;

interface Client {
  readonly member: string;
  readonly session: Session;
  readonly book: BalanceBook;
  readonly from: number;
  snapshotMs: number | undefined;
}

await inHouse(members, async (house) => {
  const [gateway, writer] = await Promise.all([house.gateway(), house.writer()]);
  const tokens = await Promise.all(house.members.map(({ id }) => house.token({ role: 'MEMBER', member: id })));
  const wrong = new Map<string, number>();
  const count = (what: string): void => void wrong.set(what, (wrong.get(what) ?? 0) + 1);
  let changes = 0;
  let resyncs = 0;
  let ending = false;

  function connect(no: number): Client {
    const book = openBalanceBook();
    const client: Client = {
      member: house.members[no % members]?.uuid ?? '',
      book,
      from: wallClock(),
      snapshotMs: undefined,
      session: openSession(gateway.port, tokens[no % members] ?? '', {
        ready: () => client.session.subscribe('1', {}),
        text(payload) {
          const verdict = book.take(changeIn(payload).change);
          if (verdict === 'change') changes += 1;
          else if (verdict !== 'snapshot') count(verdict);
          else if (client.snapshotMs !== undefined) resyncs += 1;
          else if (book.last.size === house.currencies.size) client.snapshotMs = wallClock() - client.from;
        },
        closed(code, reason) {
          if (!ending) count(`closed ${code} ${reason}`);
        },
      }),
    };
    return client;
  }

  const seconds = within + AFTERWARDS_SECONDS;
  const earners = house.members.map(({ uuid }) => uuid);
  const writing = writer.ask<Written>('run', { rate, batch: 5, seconds, members: earners });
  say(`${clients} clients within ${within} s, ${rate} accruals a second.`);
  const opened: Client[] = [];
  const from = wallClock();
  for (let no = 0; no < clients; no += 1) {
    const due = from + (no * within * 1_000) / clients;
    if (due > wallClock()) await pause(due - wallClock());
    opened.push(connect(no));
  }
  const openedWithin = (wallClock() - from) / 1_000;
  const written = await writing;

  const isThere = ({ snapshotMs }: Client) => snapshotMs !== undefined;
  const stored = await readBalances(house);
  const isUpToDate = ({ member, book }: Client) => {
    const own = stored.get(member) ?? new Map();
    return [...own].every(([code, { version, text }]) => book.last.get(code)?.version === version && book.last.get(code)?.text === text);
  };
  for (
    const deadline = wallClock() + PATIENCE_MS;
    wallClock() < deadline && !opened.every((client) => isThere(client) && isUpToDate(client));
  )
    await pause(100);
  ending = true;
  for (const { session } of opened) session.socket.destroy();

  const lost = opened.filter((client) => !isThere(client)).length;
  const behind = opened.filter((client) => isThere(client) && !isUpToDate(client)).length;
  const waits = spreadOf(opened.flatMap(({ snapshotMs }) => snapshotMs ?? []));
  const mistakes = Object.fromEntries(wrong);
  publish(
    `A storm of ${clients} clients in ${within} s`,
    {
      'opened within, s': rounded(openedWithin),
      'connect to the last snapshot, ms': waits,
      'accruals meanwhile': written.changes.length,
      'changes heard': changes,
      'snapshots later on': resyncs,
      'without their snapshots': lost,
      'not as the database': behind,
      'out of order, or closed': JSON.stringify(mistakes),
    },
    {
      bench: 'live-storm',
      clients,
      within,
      members,
      openedWithin: rounded(openedWithin),
      waits,
      accruals: written.changes.length,
      changes,
      resyncs,
      lost,
      behind,
      mistakes,
    },
  );
  if (lost + behind + wrong.size > 0) process.exitCode = 1;
});
