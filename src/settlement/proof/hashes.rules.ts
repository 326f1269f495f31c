import { createHash } from 'node:crypto';

/** SHA-256 of lines of text, each ended by a newline, as hexadecimal digits. */
export function hashLines(lines: readonly string[]): string {
  return createHash('sha256')
    .update(lines.map((line) => `${line}\n`).join(''))
    .digest('hex');
}
