import { createClient, GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws/client';
import type { OperationError } from './live-error.ts';
import { handOver, type WebSocketConstructor } from './web-socket.ts';

/** A subscription as it is sent. */
export interface Payload {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** One message of a subscription. */
export interface Result {
  readonly data?: unknown;
  readonly errors?: readonly OperationError[] | undefined;
}

/** Where a subscription's messages go. */
interface Sink {
  next(result: Result): void;
  /** The server refused the operation, or it could not be sent; nothing more comes. */
  failed(errors: readonly OperationError[]): void;
  /** The server ended it. */
  ended(): void;
}

/** One socket from its opening to its end, however that comes. It is never opened again. */
export interface Connection {
  subscribe(payload: Payload, sink: Sink): () => void;
  /** Ends it, and tells why. */
  drop(cause: unknown): void;
  /** Ends it silently. */
  end(): void;
}

interface Address {
  readonly url: string;
  readonly token: string;
  readonly webSocket: WebSocketConstructor;
  readonly pingEveryMs: number;
  readonly pongWithinMs: number;
}

/** Opens a socket; throws where the address is none. Pings that are not answered end it. After `lost` it tells nothing more. */
export function openConnection(address: Address, tell: { live(): void; lost(cause: unknown): void }): Connection {
  const socket = new address.webSocket(address.url, GRAPHQL_TRANSPORT_WS_PROTOCOL);
  let over = false;
  let pong: ReturnType<typeof setTimeout> | undefined;

  const client = createClient({
    url: address.url,
    webSocketImpl: handOver(socket),
    connectionParams: { authorization: `Bearer ${address.token}` },
    lazy: false,
    retryAttempts: 0,
    onNonLazyError: () => undefined,
    keepAlive: address.pingEveryMs,
    on: {
      connected: () => {
        if (!over) tell.live();
      },
      ping: (received) => {
        if (!received) pong = setTimeout(() => drop(new Error('The server does not answer.')), address.pongWithinMs);
      },
      pong: (received) => {
        if (received) clearTimeout(pong);
      },
      error: (error) => drop(error),
      closed: (event) => drop(event),
    },
  });

  function end(): void {
    over = true;
    clearTimeout(pong);
    // This settles when the connection has come about, which it may never do; closing the socket does not wait for it.
    Promise.resolve(client.dispose()).catch(() => undefined);
    socket.close(1000, 'Normal Closure');
  }

  function drop(cause: unknown): void {
    if (over) return;
    end();
    tell.lost(cause);
  }

  return {
    subscribe(payload, sink) {
      // What cannot be sent would fail where nobody catches it.
      let sendable: Payload;
      try {
        sendable = JSON.parse(JSON.stringify(payload, (_, value) => (typeof value === 'bigint' ? value.toString() : value)));
      } catch (error) {
        sink.failed([{ message: `The variables cannot be sent: ${error instanceof Error ? error.message : error}` }]);
        return () => undefined;
      }
      return client.subscribe<unknown>(sendable, {
        next: (result) => {
          if (!over) sink.next(result);
        },
        error: (cause) => {
          if (!over) sink.failed(Array.isArray(cause) ? cause : [{ message: String(cause) }]);
        },
        complete: () => {
          if (!over) sink.ended();
        },
      });
    },
    drop,
    end,
  };
}
