import { resolve } from 'node:path';
import { z } from 'zod';
import { EMBEDDED_MARK } from './platform/embedded/server.ts';
import { isCron } from './platform/jobs/cron.ts';

const flag = z.stringbool({ truthy: ['true', '1', 'on', 'yes'], falsy: ['false', '0', 'off', 'no'], error: 'must be true or false' });
const text = z.string();
const postgresUrl = z.url({ protocol: /^postgres(ql)?$/, error: 'must be a URL such as postgresql://user:password@host:5432/database' });
const webUrl = z.url({ protocol: /^https?$/, error: 'must be a URL such as https://login.example.com/.well-known/jwks.json' });

function integer(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .pipe(z.number().min(min, message).max(max, message));
}

function oneOf<const Value extends string>(...values: readonly Value[]) {
  return z.enum(values, `must be one of ${values.join(', ')}`);
}

/**
 * Every variable of the environment that is read. (EDITOR is every shell's name for a text editor, hence GRAPHQL_EDITOR.) `fallback` is what docs/configuration.md says when it is not set.
 */
export const VARIABLES = z.object({
  PORT: integer(0, 65_535).optional().meta({ fallback: '4000', description: 'TCP port of the HTTP server; 0 takes any free one.' }),
  HOST: text
    .optional()
    .meta({ fallback: '0.0.0.0', description: 'Address the HTTP server listens on; 127.0.0.1 keeps other machines out.' }),
  NODE_ENV: text.optional().meta({
    fallback: 'development',
    description: '`production` turns introspection, the editor and suggestions off unless they are switched on.',
  }),
  DATA_DIR: text.optional().meta({
    fallback: '.data',
    description:
      'Directory of the embedded PostgreSQL; not used when DATABASE_URL is set. It keeps pages in up to a quarter of the memory that there is, 8 GB at most.',
  }),
  DATABASE_URL: postgresUrl.optional().meta({
    fallback: 'the embedded PostgreSQL',
    description: 'PostgreSQL 15 or later to use instead. Its role owns the tables and may create the role `pointsettia_app`.',
  }),
  DATABASE_POOL_SIZE: integer(2, 500)
    .optional()
    .meta({ fallback: '10', description: 'Connections to the database that this process holds at most for requests.' }),
  PREPARED_STATEMENTS: flag.optional().meta({
    fallback: 'true',
    description:
      'Whether PostgreSQL keeps statements parsed and planned, on each connection. `false` behind a pooler that hands each transaction another connection.',
  }),
  SEED: oneOf('demo', 'none')
    .optional()
    .meta({ fallback: 'demo', description: '`demo` fills an empty database with a fictional coalition; `none` leaves it empty.' }),
  SANDBOX: flag.optional().meta({
    fallback: 'true on an embedded PostgreSQL, else false',
    description: 'Sandbox: tokens from `npm run -s token`, a clock that can be set.',
  }),
  JWKS_URL: webUrl
    .optional()
    .meta({ fallback: 'none', description: 'Where the keys are that tokens are signed with. Needed outside the sandbox.' }),
  TOKEN_ISSUER: text
    .optional()
    .meta({ fallback: 'none', description: 'Issuer (`iss`) that tokens must have. Needed outside the sandbox.' }),
  TOKEN_AUDIENCE: text
    .optional()
    .meta({ fallback: 'none', description: 'Audience (`aud`) that tokens must have. Needed outside the sandbox.' }),
  INTROSPECTION: flag.optional().meta({ fallback: 'true, in production false', description: 'Whether clients may ask for the schema.' }),
  GRAPHQL_EDITOR: flag
    .optional()
    .meta({ fallback: 'true, in production false', description: 'Whether browsers get a GraphQL editor at `/graphql`.' }),
  SUGGESTIONS: flag
    .optional()
    .meta({ fallback: 'as INTROSPECTION', description: 'Whether errors suggest names of the schema ("Did you mean ...").' }),
  TRUSTED_DOCUMENTS: text.optional().meta({
    fallback: 'none',
    description: 'Documents that clients name by their hash: a directory of `.graphql` files, or a JSON file of hashes and texts.',
  }),
  ONLY_TRUSTED_DOCUMENTS: flag.optional().meta({
    fallback: 'false',
    description: 'Whether other documents than those of TRUSTED_DOCUMENTS are refused.',
  }),
  JOBS: flag.optional().meta({
    fallback: 'true',
    description:
      'Whether this process does what is due by itself: expiry, confirmations, sealing, scheduled closing. One of all processes must.',
  }),
  CLOSE_SCHEDULE: text.refine(isCron, 'must be five fields of cron, such as "5 0 1 * *"').optional().meta({
    fallback: 'no cycle closes by itself',
    description: 'When the open clearing cycle closes: an expression of cron, in program time.',
  }),
  CONNECTIONS_PER_CLIENT: integer(1, 1_000_000).optional().meta({
    fallback: '10000',
    description: 'Sockets and event streams that one partner, one member or the operator may have open here at a time.',
  }),
  ACCRUALS_WAITING: integer(1, 1_000_000).optional().meta({
    fallback: '4000',
    description:
      'Accruals that wait here to be posted at most, besides batches, and as many of all other requests that share transactions; one more is refused with `OVERLOADED`.',
  }),
  LOG_LEVEL: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent')
    .optional()
    .meta({ fallback: 'info', description: 'Least severe log lines that are written.' }),
});

export interface Config {
  readonly production: boolean;
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  readonly poolSize: number;
  readonly keepsStatements: boolean;
  readonly seed: 'demo' | 'none';
  readonly sandbox: boolean;
  readonly jwks: { readonly url: string; readonly issuer: string; readonly audience: string } | undefined;
  readonly introspection: boolean;
  readonly editor: boolean;
  readonly suggestions: boolean;
  readonly trustedDocuments: string | undefined;
  readonly onlyTrustedDocuments: boolean;
  readonly jobs: boolean;
  readonly closeSchedule: string | undefined;
  readonly connectionsPerClient: number;
  readonly accrualsWaiting: number;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
}

/** A configuration that cannot work; the message names the variables. */
export class ConfigurationError extends Error {}

/** Reads the configuration, from the environment of the process unless another is handed in. */
export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = VARIABLES.safeParse(given);
  if (!parsed.success) {
    throw new ConfigurationError(
      parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}, not "${given[path.join('.')] ?? ''}".`).join('\n'),
    );
  }
  return toConfig(parsed.data);
}

function toConfig(env: z.infer<typeof VARIABLES>): Config {
  const production = env.NODE_ENV === 'production';
  const sandbox = env.SANDBOX ?? isEmbedded(env.DATABASE_URL);
  const introspection = env.INTROSPECTION ?? !production;
  return {
    production,
    port: env.PORT ?? 4000,
    host: env.HOST ?? '0.0.0.0',
    dataDir: resolve(env.DATA_DIR ?? '.data'),
    databaseUrl: env.DATABASE_URL,
    poolSize: env.DATABASE_POOL_SIZE ?? 10,
    keepsStatements: env.PREPARED_STATEMENTS ?? true,
    seed: env.SEED ?? 'demo',
    sandbox,
    jwks: sandbox ? undefined : readJwks(env),
    introspection,
    editor: env.GRAPHQL_EDITOR ?? !production,
    suggestions: env.SUGGESTIONS ?? introspection,
    trustedDocuments: env.TRUSTED_DOCUMENTS === undefined ? undefined : resolve(env.TRUSTED_DOCUMENTS),
    onlyTrustedDocuments: readOnlyTrusted(env),
    jobs: env.JOBS ?? true,
    closeSchedule: env.CLOSE_SCHEDULE,
    connectionsPerClient: env.CONNECTIONS_PER_CLIENT ?? 10_000,
    accrualsWaiting: env.ACCRUALS_WAITING ?? 4_000,
    logLevel: env.LOG_LEVEL ?? 'info',
  };
}

/** With nothing to trust, a server that takes nothing else would answer nobody. */
function readOnlyTrusted({ ONLY_TRUSTED_DOCUMENTS: only = false, TRUSTED_DOCUMENTS: path }: z.infer<typeof VARIABLES>): boolean {
  if (only && path === undefined) throw new ConfigurationError('ONLY_TRUSTED_DOCUMENTS needs TRUSTED_DOCUMENTS: where they are.');
  return only;
}

/** A second process is handed the URL of the first one's embedded server, and is in the same sandbox. */
function isEmbedded(databaseUrl: string | undefined): boolean {
  return databaseUrl === undefined || new URL(databaseUrl).searchParams.get('application_name') === EMBEDDED_MARK;
}

function readJwks(env: z.infer<typeof VARIABLES>): NonNullable<Config['jwks']> {
  const { JWKS_URL: url, TOKEN_ISSUER: issuer, TOKEN_AUDIENCE: audience } = env;
  if (url !== undefined && issuer !== undefined && audience !== undefined) return { url, issuer, audience };
  const missing = Object.entries({ JWKS_URL: url, TOKEN_ISSUER: issuer, TOKEN_AUDIENCE: audience }).filter(
    ([, value]) => value === undefined,
  );
  throw new ConfigurationError(
    `${missing.map(([name]) => name).join(', ')} must be set: outside the sandbox, tokens come from your identity provider. ` +
      'SANDBOX=true accepts tokens that this server signs itself, for trying out.',
  );
}
