// The least that asks over HTTP/1.1 on a connection that stays: one request at a time, so that the client takes little of the machine.

import { connect } from 'node:net';

export interface Lane {
  /** Sends a whole request; hears when the whole answer has come. */
  ask(request: string, answered: (status: number, body: Buffer) => void): void;
  close(): void;
}

const HEAD_END = '\r\n\r\n';
const LENGTH = /\r\ncontent-length: *(\d+)/i;
const CHUNKED = /\r\ntransfer-encoding: *chunked/i;
const LAST_CHUNK = '\r\n0\r\n\r\n';
const STATUS_AT = 9;

/** How many bytes the answer at the start of this has; undefined while it is not known or not all there. */
function lengthOf(data: Buffer): { status: number; head: number; whole: number } | undefined {
  const end = data.indexOf(HEAD_END);
  if (end < 0) return undefined;
  const headers = data.toString('latin1', 0, end);
  const head = end + HEAD_END.length;
  const status = Number(headers.slice(STATUS_AT, STATUS_AT + 3));
  const length = LENGTH.exec(headers)?.[1];
  if (length !== undefined) return { status, head, whole: head + Number(length) };
  if (!CHUNKED.test(headers)) throw new Error(`an answer of unknown length: ${headers}`);
  return data.subarray(-LAST_CHUNK.length).equals(Buffer.from(LAST_CHUNK)) ? { status, head, whole: data.length } : undefined;
}

export async function openLane(port: number): Promise<Lane> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  let hear: ((status: number, body: Buffer) => void) | undefined;
  let isClosed = false;
  let pieces: Buffer[] = [];
  let have = 0;
  let want = 0;
  socket.on('data', (chunk) => {
    pieces.push(chunk);
    have += chunk.length;
    // A long answer comes in many pieces; they are put together once.
    if (have < want) return;
    const data = pieces.length === 1 ? chunk : Buffer.concat(pieces);
    const known = lengthOf(data);
    pieces = [data];
    want = known?.whole ?? 0;
    if (known === undefined || have < known.whole) return;
    const answered = hear;
    pieces = [];
    have = 0;
    want = 0;
    hear = undefined;
    answered?.(known.status, data.subarray(known.head, known.whole));
  });
  socket.on('error', (error) => {
    throw error;
  });
  socket.on('close', () => {
    if (!isClosed) throw new Error('the server closed a connection');
  });
  return {
    ask(request, answered) {
      hear = answered;
      socket.write(request, 'latin1');
    },
    close() {
      isClosed = true;
      socket.destroy();
    },
  };
}
