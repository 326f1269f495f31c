import { randomBytes } from 'node:crypto';
import type { Load } from './load.ts';

const PLACES = /\$(KEY|MEMBER|FIRST|SECOND)/;

const pick = (below: number): number => Math.floor(Math.random() * below);

/** Answers a function that writes the next request in full. */
export function requestsOf({ port, tokens, body, members, accounts }: Load): () => string {
  const parts = body.split(PLACES);
  const run = randomBytes(9).toString('base64url');
  const heads = (tokens.length === 0 ? [''] : tokens.map((token) => `authorization: Bearer ${token}\r\n`)).map(
    (authorization) =>
      `POST /graphql HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\naccept: application/json\r\n${authorization}content-length: `,
  );
  let keys = 0;
  let requests = 0;
  let first = 0;
  const fill = (place: string): string => {
    switch (place) {
      case 'KEY':
        keys += 1;
        return `${run}${keys}`;
      case 'MEMBER':
        return members[pick(members.length)] ?? '';
      case 'FIRST':
        first = pick(accounts);
        return String(first + 1);
      default:
        return String(((first + 1 + pick(accounts - 1)) % accounts) + 1);
    }
  };
  return () => {
    let text = '';
    for (const [no, part] of parts.entries()) text += no % 2 === 0 ? part : fill(part);
    requests += 1;
    return `${heads[requests % heads.length]}${text.length}\r\n\r\n${text}`;
  };
}
