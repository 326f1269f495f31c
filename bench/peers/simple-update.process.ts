// The simple update of pgbench (`pgbench -N -M prepared`) on many connections: begin, update an account, read it, write a line of history,
// commit; each a prepared statement and a round trip of its own. As pgbench is a lean program, this speaks the protocol by hand once the
// driver has connected: the messages lie ready, and only numbers change in them.

import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { Client } from 'pg';
import { answer } from '../answer.ts';
import type { Load } from '../throughput/load.ts';
import { startMeter } from '../throughput/meter.ts';

const CONNECTIONS = Number(process.env.CONNECTIONS);
const ACCOUNTS = 100_000;
const READY = 'Z'.charCodeAt(0);
const ERROR = 'E'.charCodeAt(0);
const HEADER = 5;

const STATEMENTS = [
  { name: 'begin', text: 'begin', values: [] },
  { name: 'update', text: 'update accounts set abalance = abalance + $1 where aid = $2', values: [0, 1] },
  { name: 'select', text: 'select abalance from accounts where aid = $1', values: [1] },
  {
    name: 'insert',
    text: 'insert into history (tid, bid, aid, delta, mtime) values ($1, $2, $3, $4, current_timestamp)',
    values: [1, 1, 1, 0],
  },
  { name: 'commit', text: 'commit', values: [] },
];

interface Message {
  readonly bytes: Buffer;
  set(values: readonly number[]): void;
}

/** Bind, Execute and Sync of one statement; parameters are integers in binary. */
function messageOf(name: string, parameters: number): Message {
  const bind = Buffer.alloc(HEADER + 1 + name.length + 1 + 4 + 2 + parameters * 8 + 2);
  bind.write('B');
  bind.writeInt32BE(bind.length - 1, 1);
  let at = HEADER + 1;
  at += bind.write(name, at) + 1;
  at = bind.writeInt16BE(1, at);
  at = bind.writeInt16BE(1, at);
  at = bind.writeInt16BE(parameters, at);
  const places: number[] = [];
  for (let no = 0; no < parameters; no += 1) {
    at = bind.writeInt32BE(4, at);
    places.push(at);
    at += 4;
  }
  const execute = Buffer.from([0x45, 0, 0, 0, 9, 0, 0, 0, 0, 0]);
  const sync = Buffer.from([0x53, 0, 0, 0, 4]);
  const bytes = Buffer.concat([bind, execute, sync]);
  return { bytes, set: (values) => values.forEach((value, no) => void bytes.writeInt32BE(value, places[no] ?? 0)) };
}

const below = (limit: number): number => 1 + Math.floor(Math.random() * limit);

interface Lane {
  /** Runs one transaction. */
  run(done: () => void): void;
  close(): void;
}

/** Runs the transaction once through the driver, which prepares its statements, and takes the driver's socket over. */
async function openLane(connectionString: string): Promise<Lane> {
  const client = new Client({ connectionString });
  await client.connect();
  for (const statement of STATEMENTS) await client.query(statement);
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  // It would take the end of the socket for a fault.
  client.on('error', () => undefined);
  stream.removeAllListeners('data');
  const messages = STATEMENTS.map(({ name, values }) => messageOf(name, values.length));
  let step = 0;
  let finished = (): void => undefined;
  let rest: Buffer = Buffer.alloc(0);
  const sendNext = (): void => {
    const message = messages[step];
    if (message === undefined) finished();
    else stream.write(message.bytes);
  };
  stream.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    let isReady = false;
    while (rest.length - at >= HEADER && rest.length - at > rest.readInt32BE(at + 1)) {
      const kind = rest[at];
      if (kind === ERROR) throw new Error(`the database refused: ${rest.toString('latin1')}`);
      at += 1 + rest.readInt32BE(at + 1);
      isReady = kind === READY;
    }
    rest = rest.subarray(at);
    if (!isReady) return;
    step += 1;
    sendNext();
  });
  return {
    run(done) {
      const [aid, delta] = [below(ACCOUNTS), below(10_000) - 5_000];
      messages[1]?.set([delta, aid]);
      messages[2]?.set([aid]);
      messages[3]?.set([below(10), 1, aid, delta]);
      step = 0;
      finished = done;
      sendNext();
    },
    close: () => void stream.destroy(),
  };
}

const url = process.env.DATABASE_URL ?? '';
const filler = new Client({ connectionString: url });
await filler.connect();
for (const statement of readFileSync(new URL('./simple-update.sql', import.meta.url), 'utf8').split(';')) await filler.query(statement);
await filler.end();
const lanes = await Promise.all(Array.from({ length: CONNECTIONS }, () => openLane(url)));

answer({
  async run({ seconds }: Pick<Load, 'seconds'>) {
    const meter = startMeter(seconds);
    const drained = lanes.map(
      ({ run }) =>
        new Promise<void>((resolve) => {
          const next = (): void => {
            const from = performance.now();
            if (meter.isOver(from)) resolve();
            else
              run(() => {
                meter.took(from);
                next();
              });
          };
          next();
        }),
    );
    await Promise.all(drained);
    return meter.result();
  },
  stop() {
    for (const { close } of lanes) close();
  },
});
