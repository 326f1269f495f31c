import { LiveError } from './live-error.ts';

/** What the loss of a connection calls for: come back; with another token; after a fault of the server; not at all. */
export type Verdict = 'RETRY' | 'REFUSED' | 'FAULT' | 'FATAL';

export interface Loss {
  readonly verdict: Verdict;
  readonly error: LiveError;
}

const FORBIDDEN = 4403;
const FAULTS: ReadonlySet<number> = new Set([1011, 4500]);
/** What would be answered again to the same client: it breaks the protocol, or asks too often. */
const FATAL: ReadonlySet<number> = new Set([1002, 1003, 1007, 1008, 1009, 1010, 4400, 4401, 4406, 4409, 4429]);

/** Judges what a socket closed with, or what kept it from opening. Whatever is not known to be in vain is tried again. */
export function judge(cause: unknown): Loss {
  if (cause instanceof LiveError) return { verdict: cause.code === String(FORBIDDEN) ? 'REFUSED' : 'RETRY', error: cause };
  const code = numberIn(cause, 'code');
  if (code === undefined)
    return { verdict: 'RETRY', error: new LiveError(textIn(cause, 'message') ?? 'The connection failed.', { cause }) };
  const reason = textIn(cause, 'reason');
  const error = new LiveError(`The connection was closed with ${code}${reason === undefined ? '' : `: ${reason}`}.`, {
    code: String(code),
    cause,
  });
  return { verdict: verdictOn(code), error };
}

function verdictOn(code: number): Verdict {
  if (code === FORBIDDEN) return 'REFUSED';
  if (FAULTS.has(code)) return 'FAULT';
  return FATAL.has(code) ? 'FATAL' : 'RETRY';
}

function partOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

function numberIn(value: unknown, name: string): number | undefined {
  const part = partOf(value, name);
  return typeof part === 'number' ? part : undefined;
}

function textIn(value: unknown, name: string): string | undefined {
  const part = partOf(value, name);
  return typeof part === 'string' && part !== '' ? part : undefined;
}
