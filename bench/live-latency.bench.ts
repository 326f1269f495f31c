// How long a change takes from its commit to the client that follows the member, while accruals are posted at a steady pace: by another process
// on the same database, and over the GraphQL of the gateway that the clients are connected to. Beside it, in the same seconds and to sockets of
// the same client process, a bare `ws` server sends messages of the same length. Accruals are posted in transactions of a few, each of another
// member. The commit is timed by the database, when it is written and before the disk has it, so the wait for the disk counts as latency too;
// for the other process also by the writer, when the transaction has returned to it. Run:
// node --import ./bench/transpile.ts bench/live-latency.bench.ts [--rate=500] [--batch=10] [--seconds=20] [--members=200] [--json]

import { pause, publish, readOptions, rounded, say, spreadOf, wallClock } from './figures.ts';
import { changeKey, commitTimes } from './live/commit-times.ts';
import { type Gateway, type House, inHouse } from './live/house.ts';
import { openSocket } from './live/raw-socket.ts';
import { changeIn, openSession } from './live/session.ts';
import type { Pace, Written } from './live/writer.process.ts';

const { rate, batch, seconds, members } = readOptions({ rate: 500, batch: 10, seconds: 20, members: 200 });
const CURRENCY = 'APT';
const PEER_EVERY_MS = 20;
const WARM_UP_SECONDS = 3;
const PATIENCE_MS = 10_000;

/** When each change came to the client. */
const heard = new Map<string, number>();
let bytes = 0;

async function follow(house: House, { port }: Gateway): Promise<void> {
  for (const { uuid, id } of house.members) {
    const token = await house.token({ role: 'MEMBER', member: id });
    const complete = Promise.withResolvers<void>();
    let missing = house.currencies.size;
    const session = openSession(port, token, {
      ready: () => session.subscribe('1', {}),
      text(payload) {
        const at = wallClock();
        const { change } = changeIn(payload);
        missing -= 1;
        if (missing === 0) complete.resolve();
        if (change.resync) return;
        heard.set(changeKey(uuid, change.currency.code, change.version), at);
        bytes = payload.length;
      },
      closed: (code, reason) => complete.reject(new Error(`a socket was closed: ${code} ${reason}`)),
    });
    await complete.promise;
  }
}

/** Messages of the peer, one every few milliseconds, each to the next of as many sockets. Answers how to stop, and how long they took. */
async function startPeer(house: House): Promise<() => Promise<number[]>> {
  const peer = await house.peer();
  const waits: number[] = [];
  for (let no = 0; no < members; no += 1) {
    const opened = Promise.withResolvers<void>();
    openSocket(peer.port, '/', undefined, {
      open: opened.resolve,
      text: (payload) => waits.push(wallClock() - Number(payload.subarray(0, payload.indexOf(' ')).toString())),
      closed: () => undefined,
    });
    await opened.promise;
  }
  const sending = setInterval(() => void peer.ask('sendOne', bytes), PEER_EVERY_MS);
  return async () => {
    clearInterval(sending);
    await peer.stop();
    return waits;
  };
}

async function until(holds: () => boolean): Promise<boolean> {
  for (const deadline = wallClock() + PATIENCE_MS; !holds() && wallClock() < deadline; ) await pause(20);
  return holds();
}

await inHouse(members, async (house) => {
  const [gateway, writer] = await Promise.all([house.gateway(), house.writer()]);
  await follow(house, gateway);
  const over = { port: gateway.port, token: await house.token({ role: 'PARTNER', partner: 'AERO' }) };
  const earners = house.members.map(({ uuid }) => uuid);

  const write = async (pace: Partial<Pace>): Promise<Written> => {
    const written = await writer.ask<Written>('run', { rate, batch, seconds, members: earners, ...pace });
    const keys = written.changes.map(({ member, version }) => changeKey(member, CURRENCY, version));
    if (!(await until(() => keys.every((key) => heard.has(key))))) throw new Error('changes did not come');
    return written;
  };

  const measure = async (pace: Partial<Pace>) => {
    await write({ ...pace, seconds: WARM_UP_SECONDS });
    const stopPeer = await startPeer(house);
    const cpuBefore = await gateway.ask<number>('cpu');
    const { changes, seconds: took } = await write(pace);
    const cpuMicros = (await gateway.ask<number>('cpu')) - cpuBefore;
    const peer = await stopPeer();
    const committed = await commitTimes(house, house.db);
    const sinceCommit: number[] = [];
    const sinceReturned: number[] = [];
    for (const { member, version, at } of changes) {
      const key = changeKey(member, CURRENCY, version);
      const arrived = heard.get(key) ?? Number.NaN;
      sinceCommit.push(arrived - (committed.get(key) ?? Number.NaN));
      sinceReturned.push(arrived - at);
    }
    return {
      changesPerSecond: rounded(changes.length / took, 0),
      sinceCommit: spreadOf(sinceCommit),
      sinceReturned: spreadOf(sinceReturned),
      peer: spreadOf(peer),
      gatewayCpuShare: rounded(cpuMicros / 1e6 / took),
    };
  };

  say(`${rate} accruals a second in transactions of ${batch}, ${members} members, ${seconds} s, by another process.`);
  const direct = await measure({});
  say('The same over GraphQL of the gateway.');
  const graphql = await measure({ over });

  publish(
    'From commit to client, ms (wanted: p50 10 and p99 50 at most)',
    {
      'another process: changes/s': direct.changesPerSecond,
      'another process: since the commit': direct.sinceCommit,
      'another process: since it returned': direct.sinceReturned,
      'another process: bare ws meanwhile': direct.peer,
      'another process: gateway, share of a CPU': direct.gatewayCpuShare,
      'over GraphQL: changes/s': graphql.changesPerSecond,
      'over GraphQL: since the commit': graphql.sinceCommit,
      'over GraphQL: bare ws meanwhile': graphql.peer,
      'over GraphQL: gateway, share of a CPU': graphql.gatewayCpuShare,
    },
    // Over GraphQL an answer comes back later than a push may, so that says nothing there.
    { bench: 'live-latency', rate, batch, members, seconds, direct, graphql: { ...graphql, sinceReturned: undefined } },
  );
});
