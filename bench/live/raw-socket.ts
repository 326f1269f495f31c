// The least that speaks WebSocket (RFC 6455), so that thousands of clients cost the measurement little: the same for ours and for the peer.

import { connect } from 'node:net';

export interface Heard {
  open(): void;
  /** The payload is gone when this returns. */
  text(payload: Buffer): void;
  /** The code of the close frame, or undefined where the connection just ended. */
  closed(code: number | undefined, reason: string): void;
}

export interface RawSocket {
  send(text: string): void;
  /** Reads nothing for now, as a client that hangs does: not even pings. */
  pause(): void;
  resume(): void;
  /** Gone without a word. */
  destroy(): void;
}

const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
/** All sockets read into it, one after the other: what is heard must be used at once or copied. */
const READ_BUFFER = Buffer.alloc(65_536);
const HEAD_END = '\r\n\r\n';

/** A frame of a client. It must be masked; a mask of zeros leaves the payload as it is. */
function frame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const isLong = length > 125;
  const head = Buffer.alloc(isLong ? 8 : 6);
  head[0] = 0x80 | opcode;
  head[1] = 0x80 | (isLong ? 126 : length);
  if (isLong) head.writeUInt16BE(length, 2);
  return Buffer.concat([head, payload]);
}

export function openSocket(port: number, path: string, protocol: string | undefined, heard: Heard): RawSocket {
  const socket = connect({
    port,
    host: '127.0.0.1',
    noDelay: true,
    onread: {
      buffer: READ_BUFFER,
      callback(size) {
        take(READ_BUFFER.subarray(0, size));
        return true;
      },
    },
  });
  let rest: Buffer | undefined;
  let isOpen = false;
  let close: { code: number; reason: string } | undefined;

  socket.on('connect', () =>
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
        `Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n${protocol === undefined ? '' : `Sec-WebSocket-Protocol: ${protocol}\r\n`}\r\n`,
    ),
  );
  socket.on('error', () => undefined);
  socket.on('close', () => heard.closed(close?.code, close?.reason ?? ''));

  function take(chunk: Buffer): void {
    const data = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
    const read = isOpen ? readFrames(data, 0) : readHead(data);
    rest = read === data.length ? undefined : Buffer.from(data.subarray(read));
  }

  function readHead(data: Buffer): number {
    const end = data.indexOf(HEAD_END);
    if (end < 0) return 0;
    if (!data.subarray(0, 12).equals(Buffer.from('HTTP/1.1 101'))) {
      close = { code: 0, reason: data.subarray(0, 60).toString() };
      socket.destroy();
      return data.length;
    }
    isOpen = true;
    heard.open();
    return readFrames(data, end + HEAD_END.length);
  }

  /** Answers up to where whole frames were read. */
  function readFrames(data: Buffer, from: number): number {
    for (let at = from; ; ) {
      if (data.length - at < 2) return at;
      const short = data.readUInt8(at + 1) & 0x7f;
      const headLength = short === 126 ? 4 : short === 127 ? 10 : 2;
      if (data.length - at < headLength) return at;
      const length = short === 126 ? data.readUInt16BE(at + 2) : short === 127 ? Number(data.readBigUInt64BE(at + 2)) : short;
      const start = at + headLength;
      if (data.length < start + length) return at;
      hear(data.readUInt8(at) & 0x0f, data.subarray(start, start + length));
      at = start + length;
    }
  }

  function hear(opcode: number, payload: Buffer): void {
    if (opcode === TEXT) heard.text(payload);
    else if (opcode === PING) socket.write(frame(PONG, payload));
    else if (opcode === CLOSE) {
      close = { code: payload.length >= 2 ? payload.readUInt16BE(0) : 1005, reason: payload.subarray(2).toString() };
      socket.end(frame(CLOSE, payload));
    }
  }

  return {
    send: (text) => void socket.write(frame(TEXT, Buffer.from(text))),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    destroy: () => void socket.destroy(),
  };
}
