// One request to a gateway, sent again with its key until it is answered.

import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { pause, wallClock } from '../figures.ts';

export type Operation = 'accrue' | 'reverseAccrual' | 'holdRedemption' | 'captureRedemption' | 'voidRedemption';

export interface Payload {
  readonly accrual?: { readonly id: string; readonly points: number } | null;
  readonly redemption?: { readonly id: string } | null;
  readonly balance: { readonly available: number; readonly held: number; readonly version: string } | null;
  readonly replayed: boolean;
  readonly userErrors: readonly { readonly code: string; readonly message: string }[];
}

export interface Request {
  readonly operation: Operation;
  readonly token: string;
  /** With its idempotency key. */
  readonly input: Readonly<Record<string, unknown>>;
}

export interface Answered {
  readonly payload: Payload;
  /** More than one when nobody can tell what became of the first. */
  readonly tries: number;
}

export interface Insisting {
  /** Where the next try goes. */
  port(): number;
  /** Hears why each request was sent again. */
  again(operation: Operation, why: string): void;
  /** Hears when the request was sent that was answered there. */
  answered(port: number, sentAt: number): void;
}

const ANSWER_WITHIN_MS = 10_000;
/** Nothing is away for so long. */
const GIVE_UP_AFTER_MS = 60_000;
const PAUSE_MS = 100;

const mutation = (name: Operation, thing: string): string =>
  `mutation ($input: ${name[0]?.toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { ${thing} balance { available held version } replayed userErrors { code message } } }`;

const MUTATIONS: Readonly<Record<Operation, string>> = {
  accrue: mutation('accrue', 'accrual { id points }'),
  reverseAccrual: mutation('reverseAccrual', 'accrual { id points }'),
  holdRedemption: mutation('holdRedemption', 'redemption { id }'),
  captureRedemption: mutation('captureRedemption', 'redemption { id }'),
  voidRedemption: mutation('voidRedemption', 'redemption { id }'),
};

const agent = new Agent({ keepAlive: true });

export async function insist({ port, again, answered }: Insisting, { operation, token, input }: Request): Promise<Answered> {
  const body = JSON.stringify({ query: MUTATIONS[operation], variables: { input } });
  const giveUp = wallClock() + GIVE_UP_AFTER_MS;
  for (let tries = 1; ; tries += 1) {
    const [to, sentAt] = [port(), wallClock()];
    const answer = await post(to, token, body).then((said) => judge(operation, said), whyNot);
    if (typeof answer === 'object') {
      answered(to, sentAt);
      return { payload: answer, tries };
    }
    again(operation, answer);
    if (wallClock() > giveUp) throw new Error(`${operation} was not answered for long: ${answer}`);
    await pause(PAUSE_MS);
  }
}

/** What was done or refused, or else why the request is to be sent again. */
function judge(operation: Operation, said: string): Payload | string {
  const { data, errors } = JSON.parse(said) as {
    data?: Readonly<Partial<Record<Operation, Payload | null>>> | null;
    errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
  };
  const payload = data?.[operation];
  if (errors !== undefined || payload === undefined || payload === null) {
    const [error] = errors ?? [];
    return error?.extensions?.code ?? error?.message ?? 'an answer without data';
  }
  return payload.userErrors.some(({ code }) => code === 'OVERLOADED') ? 'OVERLOADED' : payload;
}

function whyNot(error: unknown): string {
  const { code, message } = error as { code?: string; message: string };
  return code ?? message;
}

function post(port: number, token: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), authorization: `Bearer ${token}` };
    const sent = request({ host: '127.0.0.1', port, path: '/graphql', method: 'POST', agent, headers }, (response) => {
      text(response).then(resolve, reject);
    });
    sent.setTimeout(ANSWER_WITHIN_MS, () => sent.destroy(new Error('no answer in time')));
    sent.on('error', reject);
    sent.end(body);
  });
}
