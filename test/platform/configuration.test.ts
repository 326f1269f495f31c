import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigurationError, readConfig, VARIABLES } from '../../src/config.ts';

const ROOT = join(import.meta.dirname, '../..');
const Meta = z.object({ fallback: z.string(), description: z.string() });

test('the table of docs/configuration.md says of every variable what the code does', () => {
  const document = readFileSync(join(ROOT, 'docs/configuration.md'), 'utf8');
  const rows = document.split('\n').filter((line) => /^\| `[A-Z_]+` \|/.test(line));
  const expected = Object.entries(VARIABLES.shape).map(([name, variable]) => {
    const { fallback, description } = Meta.parse(variable.meta());
    return `| \`${name}\` | ${fallback} | ${description} |`;
  });
  expect(rows).toEqual(expected);
});

test('only config.ts reads the environment', () => {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const readers = files.filter((file) => readFileSync(join(ROOT, 'src', file), 'utf8').includes('process.env'));
  expect(readers).toEqual(['config.ts']);
});

test.each([
  [{ PORT: 'http' }, 'PORT must be a whole number from 0 to 65535, not "http".'],
  [{ PORT: '65536' }, 'PORT must be a whole number from 0 to 65535, not "65536".'],
  [{ DATABASE_URL: 'mysql://localhost' }, 'DATABASE_URL must be a URL such as'],
  [{ SEED: 'real' }, 'SEED must be one of demo, none, not "real".'],
  [{ CLOSE_SCHEDULE: 'monthly' }, 'CLOSE_SCHEDULE must be five fields of cron'],
  [{ CLOSE_SCHEDULE: '61 0 1 * *' }, 'CLOSE_SCHEDULE must be five fields of cron'],
  [{ ONLY_TRUSTED_DOCUMENTS: 'true' }, 'ONLY_TRUSTED_DOCUMENTS needs TRUSTED_DOCUMENTS'],
  [{ SANDBOX: 'maybe' }, 'SANDBOX must be true or false, not "maybe".'],
  [{ SANDBOX: 'false', JWKS_URL: 'https://login.example.com/keys' }, 'TOKEN_ISSUER, TOKEN_AUDIENCE must be set'],
])('a configuration that cannot work is refused by the name of its variable: %j', (environment, message) => {
  expect(() => readConfig(environment)).toThrow(ConfigurationError);
  expect(() => readConfig(environment)).toThrow(message);
});

test('without any variable the server is a sandbox on its own database, with editor and introspection', () => {
  expect(readConfig({})).toMatchObject({
    port: 4000,
    sandbox: true,
    databaseUrl: undefined,
    seed: 'demo',
    introspection: true,
    editor: true,
    suggestions: true,
  });
});

test('production hides the schema unless it is told to show it, and stays a sandbox or not by its own variable', () => {
  expect(readConfig({ NODE_ENV: 'production' })).toMatchObject({ sandbox: true, introspection: false, editor: false, suggestions: false });
  expect(readConfig({ NODE_ENV: 'production', INTROSPECTION: 'true' })).toMatchObject({
    introspection: true,
    editor: false,
    suggestions: true,
  });
});

test('a database of your own is no sandbox, another process on the embedded one is', () => {
  const jwks = { JWKS_URL: 'https://login.example.com/keys', TOKEN_ISSUER: 'https://login.example.com', TOKEN_AUDIENCE: 'pointsettia' };
  const url = 'postgresql://app:secret@db.example.com/coalition';
  expect(readConfig({ DATABASE_URL: url, ...jwks })).toMatchObject({ sandbox: false, jwks: { issuer: 'https://login.example.com' } });
  expect(readConfig({ DATABASE_URL: `${url}?application_name=pointsettia_embedded` }).sandbox).toBe(true);
});

test('an empty variable counts as one that is not set', () => {
  expect(readConfig({ PORT: '', DATABASE_URL: '' })).toMatchObject({ port: 4000, databaseUrl: undefined });
});
