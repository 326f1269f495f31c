// A client of graphql-transport-ws on the raw socket.

import { openSocket, type RawSocket } from './raw-socket.ts';

export const BALANCES =
  'subscription ($memberId: ID, $after: [BalanceCursorInput!]) { balanceChanged(memberId: $memberId, after: $after) { ' +
  'currency { code } version available pending held change { type points at } resync } }';

export interface Change {
  readonly currency: { readonly code: string };
  readonly version: string;
  readonly available: string | number;
  readonly pending: string | number;
  readonly held: string | number;
  readonly change: { readonly type: string } | null;
  readonly resync: boolean;
}

export interface Variables {
  readonly memberId?: string;
  readonly after?: readonly { readonly currency: string; readonly version: string }[];
}

export interface SessionHeard {
  ready(): void;
  /** Every text frame after the acknowledgement, pings apart. */
  text(payload: Buffer): void;
  closed(code: number | undefined, reason: string): void;
}

export interface Session {
  readonly socket: RawSocket;
  subscribe(id: string, variables: Variables): void;
}

const LONGEST_PING = 60;
const PONG = JSON.stringify({ type: 'pong' });

/** Connects and says who it is. */
export function openSession(port: number, token: string, heard: SessionHeard): Session {
  let isReady = false;
  const socket = openSocket(port, '/graphql', 'graphql-transport-ws', {
    open: () => socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } })),
    text(payload) {
      if (payload.length <= LONGEST_PING && payload.includes('"type":"ping"')) socket.send(PONG);
      else if (isReady) heard.text(payload);
      else if (payload.includes('connection_ack')) {
        isReady = true;
        heard.ready();
      }
    },
    closed: heard.closed,
  });
  return {
    socket,
    subscribe: (id, variables) => socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query: BALANCES, variables } })),
  };
}

interface Message {
  readonly id?: string;
  readonly type: string;
  readonly payload?: { readonly data?: { readonly balanceChanged?: Change } | null; readonly errors?: unknown };
}

/** The change that a frame carries. Anything else is not expected and ends the benchmark. */
export function changeIn(payload: Buffer): { id: string; change: Change } {
  const message = JSON.parse(payload.toString()) as Message;
  const change = message.payload?.data?.balanceChanged;
  if (message.type !== 'next' || change === undefined || message.id === undefined) throw new Error(`not expected: ${payload}`);
  return { id: message.id, change };
}
