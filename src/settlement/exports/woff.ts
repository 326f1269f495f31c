import { inflateSync } from 'node:zlib';

const WOFF_HEADER = 44;
const SFNT_HEADER = 12;
const WOFF_ENTRY = 20;
const SFNT_ENTRY = 16;

/** A WOFF font as the OpenType font that is packed in it: the same tables, inflated, behind a directory of their places. */
export function unpackWoff(woff: Buffer): Buffer {
  const count = woff.readUInt16BE(12);
  const directory = Buffer.alloc(SFNT_HEADER + count * SFNT_ENTRY);
  woff.copy(directory, 0, 4, 8);
  directory.writeUInt16BE(count, 4);
  const tables: Buffer[] = [];
  let place = directory.length;
  for (let n = 0; n < count; n += 1) {
    const from = WOFF_HEADER + n * WOFF_ENTRY;
    const [start, packed, size] = [woff.readUInt32BE(from + 4), woff.readUInt32BE(from + 8), woff.readUInt32BE(from + 12)];
    const bytes = woff.subarray(start, start + packed);
    const table = packed < size ? inflateSync(bytes) : bytes;
    const to = SFNT_HEADER + n * SFNT_ENTRY;
    woff.copy(directory, to, from, from + 4);
    woff.copy(directory, to + 4, from + 16, from + 20);
    directory.writeUInt32BE(place, to + 8);
    directory.writeUInt32BE(size, to + 12);
    const padded = Buffer.concat([table], size + ((4 - (size % 4)) % 4));
    tables.push(padded);
    place += padded.length;
  }
  return Buffer.concat([directory, ...tables]);
}
