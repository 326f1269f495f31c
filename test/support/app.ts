import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { mintSandboxToken, type TokenSubject } from '../../src/gateway/tokens.ts';
import type { Database } from '../../src/platform/database.ts';
import { createLog } from '../../src/platform/log.ts';
import { createTestDatabase } from './database.ts';

export interface GraphQLAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of an answer, and jest compares
  readonly data: any;
  readonly errors: readonly { message: string; path?: readonly (string | number)[]; extensions?: Record<string, unknown> }[] | undefined;
}

export interface TestApp {
  /** Connection string of the superuser. */
  readonly url: string;
  /** The pool the server itself works with. */
  readonly db: Database;
  /** `http://127.0.0.1:PORT`, without a path. */
  readonly httpUrl: string;
  /** `ws://127.0.0.1:PORT/graphql`. */
  readonly wsUrl: string;
  token(subject: TokenSubject): Promise<string>;
  /** One POST to /graphql. */
  graphql(query: string, options?: { token?: string; variables?: Record<string, unknown> }): Promise<GraphQLAnswer>;
  stop(): Promise<void>;
}

/** The real server on a database of its own and a free port. `environment` is what a deployment would set. */
export async function startApp(environment: Record<string, string> = {}): Promise<TestApp> {
  const { url, drop } = await createTestDatabase();
  const app = await serve(url, environment);
  return { ...app, stop: () => app.stop().finally(drop) };
}

/** One more server on a database that exists, as a second process would be. */
export async function serve(url: string, environment: Record<string, string> = {}): Promise<TestApp> {
  const config = readConfig({
    DATABASE_URL: url,
    HOST: '127.0.0.1',
    PORT: '0',
    SANDBOX: 'true',
    DATABASE_POOL_SIZE: '8',
    LOG_LEVEL: 'silent',
    SEED: 'none',
    // A test that needs what is due by itself runs it, or asks for it.
    JOBS: 'false',
    ...environment,
  });
  const app = await createApp(config, { databaseUrl: url, log: createLog(config.logLevel) });
  const httpUrl = `http://127.0.0.1:${app.port}`;
  return {
    url,
    db: app.db,
    httpUrl,
    wsUrl: `ws://127.0.0.1:${app.port}/graphql`,
    token: (subject) => mintSandboxToken(app.db, subject),
    graphql: (query, options = {}) => post(`${httpUrl}/graphql`, query, options),
    stop: app.close,
  };
}

async function post(
  url: string,
  query: string,
  { token, variables }: { token?: string; variables?: Record<string, unknown> },
): Promise<GraphQLAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables }, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)),
  });
  const answer: unknown = await response.json();
  const { data, errors } = answer as Pick<GraphQLAnswer, 'data' | 'errors'>;
  return { status: response.status, data, errors };
}
