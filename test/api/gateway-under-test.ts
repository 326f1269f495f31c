import pino from 'pino';
import type { GatewayConfig } from '../../src/gateway/gateway-config.ts';
import { startGateway } from '../../src/gateway/http.ts';
import { buildGatewaySchema } from '../../src/gateway/schema.ts';
import { mintSandboxToken, type TokenSubject } from '../../src/gateway/tokens.ts';
import { startTestDatabase } from '../support/database.ts';
import { StandInResolver } from './stand-in.resolver.ts';

export const OPEN: GatewayConfig = {
  host: '127.0.0.1',
  port: 0,
  introspection: true,
  editor: true,
  suggestions: true,
  connectionsPerClient: 10,
  sandbox: true,
};
export const PRODUCTION: GatewayConfig = { ...OPEN, introspection: false, editor: false, suggestions: false };

/** The doors in front of the stand-in resolver, on a database of their own. */
export async function startDoors(config: GatewayConfig = OPEN) {
  const logged: string[] = [];
  const database = await startTestDatabase({ poolSize: 4 });
  const schema = buildGatewaySchema({ standIn: [StandInResolver] });
  const log = pino({ level: 'error' }, { write: (line: string) => void logged.push(line) });
  const gateway = await startGateway({ config, db: database.db, schema, log }).catch(async (error: unknown) => {
    await database.stop();
    await database.db.close();
    throw error;
  });
  const url = `http://127.0.0.1:${gateway.port}/graphql`;
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= gateway.close());
  return {
    url,
    origin: `http://127.0.0.1:${gateway.port}`,
    wsUrl: `ws://127.0.0.1:${gateway.port}/graphql`,
    db: database.db,
    /** As if the database server had gone. */
    loseDatabase: () => database.stop(),
    logged,
    token: (subject: TokenSubject, lifetimeSeconds?: number) => mintSandboxToken(database.db, subject, lifetimeSeconds),
    /** Closes the doors, and leaves the database as it is. */
    close,
    async stop() {
      await close();
      await database.stop();
      await database.db.close();
    },
  };
}

export type Doors = Awaited<ReturnType<typeof startDoors>>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { message: string; extensions: Record<string, unknown>; path?: readonly unknown[] }[];
}

export async function ask(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return { status: response.status, headers: response.headers, text, ...(isJson && JSON.parse(text)) };
}

export function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return ask(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

export function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}
