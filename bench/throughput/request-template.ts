import { randomBytes } from 'node:crypto';
import type { Load } from './load.ts';

const PLACES = /\$(KEY|MEMBER|FIRST|SECOND)/;

const pick = (below: number): number => Math.floor(Math.random() * below);

/** Answers a function that writes the next request in full. */
export function requestsOf({ port, tokens, body, members, customers, accounts }: Load): () => string {
  const parts = body.split(PLACES);
  const run = randomBytes(9).toString('base64url');
  const heads = (tokens.length === 0 ? [''] : tokens.map((token) => `authorization: Bearer ${token}\r\n`)).map(
    (authorization) =>
      `POST /graphql HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\naccept: application/json\r\n${authorization}content-length: `,
  );
  let keys = 0;
  let requests = 0;
  let first = 0;
  const fill = (place: string, known: readonly string[]): string => {
    switch (place) {
      case 'KEY':
        keys += 1;
        return `${run}${keys}`;
      case 'MEMBER':
        return known[pick(known.length)] ?? '';
      case 'FIRST':
        first = pick(accounts);
        return String(first + 1);
      default:
        return String(((first + 1 + pick(accounts - 1)) % accounts) + 1);
    }
  };
  return () => {
    requests += 1;
    const turn = requests % heads.length;
    let text = '';
    for (const [no, part] of parts.entries()) text += no % 2 === 0 ? part : fill(part, customers?.[turn] ?? members);
    return `${heads[turn]}${text.length}\r\n\r\n${text}`;
  };
}
