import type { IncomingHttpHeaders } from 'node:http';

const JSON_ANSWER = /application\/(graphql-response\+)?json/i;
const HTML_ANSWER = /text\/html/i;

/** Headers that a page of another site can send only after asking us first. */
const NEED_PREFLIGHT = ['authorization', 'apollo-require-preflight', 'x-apollo-operation-name'] as const;

/**
 * Whether a GET comes from a program and not from a link, an image or a form of another site: it names the answer it
 * wants, carries a header of its own, or its browser says that a script waits for the answer.
 */
export function isSentByProgram(headers: IncomingHttpHeaders): boolean {
  if (JSON_ANSWER.test(headers.accept ?? '')) return true;
  if (NEED_PREFLIGHT.some((name) => headers[name] !== undefined)) return true;
  const mode = headers['sec-fetch-mode'];
  return (mode === 'cors' || mode === 'same-origin') && headers.origin === undefined;
}

export function isSentByBrowserWindow(headers: IncomingHttpHeaders): boolean {
  return HTML_ANSWER.test(headers.accept ?? '') && !JSON_ANSWER.test(headers.accept ?? '');
}
