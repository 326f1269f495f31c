import { TextDecoder } from 'node:util';

/** Text of a file in pieces: UTF-8, or UTF-16 where a byte order mark says so. What is neither shows as U+FFFD. */
export async function* decodeText(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  let head = Buffer.alloc(0);
  for await (const piece of bytes) {
    if (decoder === undefined) {
      head = Buffer.concat([head, piece]);
      if (head.length < 2) continue;
      decoder = new TextDecoder(encodingOf(head));
      yield decoder.decode(head, { stream: true });
    } else {
      yield decoder.decode(piece, { stream: true });
    }
  }
  yield decoder === undefined ? head.toString('utf8') : decoder.decode();
}

function encodingOf(head: Buffer): 'utf-16le' | 'utf-16be' | 'utf-8' {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  return head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : 'utf-8';
}
