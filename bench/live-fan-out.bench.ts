// How fast one change reaches everybody who follows the member, each on a socket of its own, against a bare `ws` server that sends the same
// bytes to as many sockets: rounds of ours and of the peer take turns, heard by the same client. Run:
// node --import ./bench/transpile.ts bench/live-fan-out.bench.ts [--sockets=5000] [--rounds=20] [--principals=500] [--json]

import { median, pause, publish, readOptions, rounded, say } from './figures.ts';
import { type Hearing, openPlain, openSubscribed } from './live/crowd.ts';
import { inHouse } from './live/house.ts';
import type { Pace, Written } from './live/writer.process.ts';

const { sockets, rounds, principals } = readOptions({ sockets: 5_000, rounds: 20, principals: 500 });
const WARM_UP = 3;
const REST_MS = 100;

interface Round {
  /** From the first socket that heard it to the last. */
  readonly spreadMs: number;
  /** From the commit, of the peer from the call that sends, to the last socket. */
  readonly reachMs: number;
  readonly cpuMicros: number;
}

await inHouse(1, async (house) => {
  const [member] = house.members;
  if (member === undefined) throw new Error('nobody is enrolled');
  const [gateway, peer, writer] = await Promise.all([house.gateway(), house.peer(), house.writer()]);
  say(`Opening ${sockets} sockets to each.`);
  const tokens = await Promise.all(
    Array.from({ length: principals }, (_, no) => house.token({ role: 'OPERATOR', person: `screen-${no}` })),
  );
  const seats = Array.from({ length: sockets }, (_, no) => ({
    token: tokens[no % principals] ?? '',
    subscriptions: [{ memberId: member.id }],
  }));
  const followers = await openSubscribed(gateway.port, house.currencies.size, seats);
  const listeners = await openPlain(peer.port, sockets);

  let text = '';
  const ours: Round[] = [];
  const theirs: Round[] = [];
  for (let no = -WARM_UP; no < rounds; no += 1) {
    const cpuBefore = await gateway.ask<number>('cpu');
    const heard = followers.hear();
    const { changes } = await writer.ask<Written>('run', { rate: 1, batch: 1, seconds: 1, members: [member.uuid] } satisfies Pace);
    const own = await heard;
    const [change] = changes;
    if (no >= 0) ours.push(roundOf(own, change?.at ?? Number.NaN, (await gateway.ask<number>('cpu')) - cpuBefore));
    await pause(REST_MS);

    text = own.text;
    const peerBefore = await peer.ask<number>('cpu');
    const heardFromPeer = listeners.hear();
    const sentAt = await peer.ask<number>('broadcast', text);
    const other = await heardFromPeer;
    if (no >= 0) theirs.push(roundOf(other, sentAt, (await peer.ask<number>('cpu')) - peerBefore));
    await pause(REST_MS);
  }
  for (const socket of [...followers.sockets, ...listeners.sockets]) socket.destroy();

  const [own, other] = [figuresOf(ours), figuresOf(theirs)];
  const ratio = rounded(own.messagesPerSecond / other.messagesPerSecond);
  const reachRatio = rounded(other.reachMs / own.reachMs);
  publish(
    `One change to ${sockets} sockets, medians of ${rounds} rounds`,
    {
      'ours: messages/s, first to last socket': own.messagesPerSecond,
      'ours: ms from first to last socket': own.spreadMs,
      'ours: ms from commit to last socket': own.reachMs,
      'ours: CPU us/message': own.cpuMicrosPerMessage,
      'bare ws: messages/s, first to last socket': other.messagesPerSecond,
      'bare ws: ms from first to last socket': other.spreadMs,
      'bare ws: ms from the call to last socket': other.reachMs,
      'bare ws: CPU us/message': other.cpuMicrosPerMessage,
      'bytes in a message': text.length,
      'ratio of messages/s (wanted: 0.6 or more)': ratio,
      'ratio of the ways to the last socket': reachRatio,
    },
    { bench: 'live-fan-out', sockets, rounds, bytes: text.length, ours: own, peer: other, ratio, reachRatio },
  );
});

function roundOf({ first, last }: Hearing, from: number, cpuMicros: number): Round {
  return { spreadMs: last - first, reachMs: last - from, cpuMicros };
}

function figuresOf(measured: readonly Round[]) {
  const spreadMs = median(measured.map((round) => round.spreadMs));
  return {
    spreadMs: rounded(spreadMs),
    reachMs: rounded(median(measured.map(({ reachMs }) => reachMs))),
    messagesPerSecond: Math.round((sockets * 1_000) / spreadMs),
    cpuMicrosPerMessage: rounded(median(measured.map(({ cpuMicros }) => cpuMicros)) / sockets),
  };
}
