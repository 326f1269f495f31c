// What one open subscription costs a gateway process in memory, each of another member: on a socket of its own, and many on one socket; against
// sockets of a bare `ws` server. Run:
// node --import ./bench/transpile.ts bench/live-memory.bench.ts [--subscriptions=10000] [--shared=20] [--json]

import type { Usage } from './answer.ts';
import type { Child } from './child.ts';
import { pause, publish, readOptions, rounded, say } from './figures.ts';
import { type Crowd, openPlain, openSubscribed, type Seat } from './live/crowd.ts';
import { inHouse } from './live/house.ts';

const { subscriptions, shared } = readOptions({ subscriptions: 10_000, shared: 20 });
/** Opened first, so that what the process needs anyhow is not counted. */
const WARM_UP = 500;
const REST_MS = 1_000;
const KB = 1_024;

interface Cost {
  readonly rssKb: number;
  /** What JavaScript holds alone: steadier than the whole process. */
  readonly heldKb: number;
}

await inHouse(subscriptions + WARM_UP, async (house) => {
  const currencies = house.currencies.size;
  const seats: Seat[] = [];
  for (const { id } of house.members) seats.push({ token: await house.token({ role: 'MEMBER', member: id }), subscriptions: [{}] });

  async function measure(server: Child, open: (from: number, to: number) => Promise<Crowd>): Promise<Cost> {
    const settled = async (): Promise<Usage> => {
      await pause(REST_MS);
      return server.ask<Usage>('usage');
    };
    const warm = await open(0, WARM_UP);
    const before = await settled();
    const crowd = await open(WARM_UP, WARM_UP + subscriptions);
    const after = await settled();
    for (const socket of [...warm.sockets, ...crowd.sockets]) socket.destroy();
    const each = (what: 'rssBytes' | 'heldBytes') => rounded((after[what] - before[what]) / subscriptions / KB);
    return { rssKb: each('rssBytes'), heldKb: each('heldBytes') };
  }

  say(`${subscriptions} subscriptions, each on a socket of its own.`);
  const first = await house.gateway();
  const alone = await measure(first, (from, to) => openSubscribed(first.port, currencies, seats.slice(from, to)));
  await first.stop();

  say(`${subscriptions} subscriptions, ${shared} on a socket.`);
  const second = await house.gateway();
  const operator = await Promise.all(Array.from({ length: 50 }, (_, no) => house.token({ role: 'OPERATOR', person: `screen-${no}` })));
  const together = await measure(second, (from, to) => {
    const followed = house.members.slice(from, to);
    const tables = Array.from({ length: Math.ceil(followed.length / shared) }, (_, no) => ({
      token: operator[no % operator.length] ?? '',
      subscriptions: followed.slice(no * shared, (no + 1) * shared).map(({ id }) => ({ memberId: id })),
    }));
    return openSubscribed(second.port, currencies, tables, 10);
  });
  await second.stop();

  say(`${subscriptions} sockets of the peer.`);
  const peer = await house.peer();
  const bare = await measure(peer, (from, to) => openPlain(peer.port, to - from));
  await peer.stop();

  publish(
    `Memory of a subscription, ${subscriptions} open (wanted: 16 KB at most)`,
    {
      'a socket each: KB of the process': alone.rssKb,
      'a socket each: KB held by JavaScript': alone.heldKb,
      [`${shared} on a socket: KB of the process`]: together.rssKb,
      [`${shared} on a socket: KB held by JavaScript`]: together.heldKb,
      'bare ws socket: KB of the process': bare.rssKb,
      'bare ws socket: KB held by JavaScript': bare.heldKb,
      'ratio of the processes, a socket each': rounded(alone.rssKb / bare.rssKb),
    },
    { bench: 'live-memory', subscriptions, shared, alone, together, peer: bare, ratio: rounded(alone.rssKb / bare.rssKb) },
  );
});
