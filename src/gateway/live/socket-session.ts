import { CloseCode } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { principalOf } from '../../kernel/viewer.ts';
import type { Authenticated } from '../authenticate.ts';
import type { Backlog } from './backlog.ts';
import type { Channel, Delivery } from './delivery.ts';
import type { Seats } from './seats.ts';
import { callAt } from './timers.ts';

export const TRY_AGAIN_LATER = 1013;

/** One client's socket, and what we keep with it. */
export interface Session {
  readonly socket: WebSocket;
  readonly backlog: Backlog;
  /** Subscriptions under way. */
  readonly deliveries: Set<Delivery>;
  /** Until the client has said who it is. */
  initTimeout: NodeJS.Timeout | undefined;
  authenticated?: Authenticated;
  cancelExpiry?: () => void;
  leaveSeat?: () => void;
}

/** A socket does not outlive its token, and one principal has only so many of them. */
export function takePlace(session: Session, authenticated: Authenticated, seats: Seats): boolean {
  const { viewer, expiresAt } = authenticated;
  session.authenticated = authenticated;
  if (viewer.role !== 'ANONYMOUS') {
    const leave = seats.take(principalOf(viewer));
    if (leave === undefined) {
      session.socket.close(TRY_AGAIN_LATER, 'Too many sockets of one client');
      return false;
    }
    session.leaveSeat = leave;
  }
  if (expiresAt !== undefined) session.cancelExpiry = callAt(expiresAt, () => session.socket.close(CloseCode.Forbidden, 'Forbidden'));
  return true;
}

/** Writes results past the protocol's own loop: their text is the same for many sockets, only the id before it is not. */
export function channelOf({ socket, backlog }: Session, id: string): Channel {
  const head = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
  return {
    write(text) {
      if (socket.readyState === socket.OPEN) socket.send(`${head}${text}}`);
    },
    isFull: backlog.isFull,
    whenDrained: backlog.whenDrained,
  };
}
