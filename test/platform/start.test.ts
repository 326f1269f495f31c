import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDataDir } from '../../src/platform/embedded/temporary-postgres.ts';

const ROOT = join(import.meta.dirname, '../..');
const BIN = join(ROOT, 'node_modules/.bin');

let dataDir: string;
let started: ChildProcess[];
beforeEach(() => {
  dataDir = temporaryDataDir();
  started = [];
});
afterEach(async () => {
  for (const child of started.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  rmSync(dataDir, { recursive: true, force: true });
});

function run(program: string, args: readonly string[], environment: Record<string, string>): ChildProcess {
  const env = { PATH: `${BIN}:${process.env.PATH}`, DATA_DIR: dataDir, SEED: 'none', LOG_LEVEL: 'error', ...environment };
  const child = spawn(join(BIN, 'node'), [join(ROOT, 'dist', program), ...args], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  return child;
}

async function finish(child: ChildProcess): Promise<{ code: unknown; output: string; complaint: string }> {
  let output = '';
  let complaint = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    complaint += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, output, complaint };
}

/** The port that a server says it is ready on. */
async function serve(environment: Record<string, string> = {}): Promise<{ server: ChildProcess; port: string }> {
  const server = run('main.js', [], { PORT: '0', ...environment });
  let output = '';
  for await (const chunk of server.stdout ?? []) {
    output += chunk;
    const port = /localhost:(\d+)\/graphql/.exec(output)?.[1];
    if (port !== undefined && output.includes('Ctrl-C')) return { server, port };
  }
  throw new Error(`the server did not start: ${output}`);
}

async function roleSeenBy(port: string, token: string): Promise<number> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query: '{ program { code } }' }),
  });
  return response.status;
}

const token = (environment: Record<string, string> = {}) => finish(run('commands/token.js', ['--role', 'operator'], environment));

test('a server starts on an empty directory, stops at Ctrl-C with 0, and leaves no database running', async () => {
  const { server, port } = await serve();
  expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
  const database = Number.parseInt(readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8'), 10);
  server.kill('SIGINT');
  server.kill('SIGINT');
  expect(await once(server, 'exit')).toEqual([0, null]);
  expect(() => process.kill(database, 0)).toThrow('ESRCH');
  expect(existsSync(join(dataDir, 'owner'))).toBe(false);
});

test('after a server was killed, the next one takes the directory over, and tokens stay good', async () => {
  const first = await serve();
  const { output } = await token();
  first.server.kill('SIGKILL');
  await once(first.server, 'exit');
  const second = await serve();
  expect(await roleSeenBy(second.port, output.trim())).toBe(200);
});

test('when its database is killed, the server ends with 1 and says so; the next one recovers', async () => {
  const { server } = await serve();
  const ended = finish(server);
  process.kill(Number.parseInt(readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8'), 10), 'SIGKILL');
  expect(await ended).toMatchObject({ code: 1, complaint: expect.stringContaining('The embedded database has ended.') });
  const { output } = await token();
  expect(await roleSeenBy((await serve()).port, output.trim())).toBe(200);
});

test('a second process on the connection string serves the same coalition and accepts the same tokens', async () => {
  await serve();
  const DATABASE_URL = readFileSync(join(dataDir, 'database.url'), 'utf8').trim();
  const { port } = await serve({ DATABASE_URL });
  const { output } = await token();
  expect(await roleSeenBy(port, output.trim())).toBe(200);
});

test('the token command prints a token and nothing else, with a server or without', async () => {
  const { server } = await serve();
  const beside = await token();
  server.kill('SIGTERM');
  await once(server, 'exit');
  for (const { code, output, complaint } of [beside, await token()]) {
    expect({ code, complaint }).toEqual({ code: 0, complaint: '' });
    expect(output).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  }
});

test('where there is no coalition, the token command says so and makes none', async () => {
  const { code, output, complaint } = await token();
  expect({ code, output }).toEqual({ code: 1, output: '' });
  expect(complaint).toContain('There is no coalition in');
  expect(existsSync(join(dataDir, 'postgres'))).toBe(false);
});

test('outside the sandbox the token command refuses', async () => {
  const { code, output, complaint } = await token({
    SANDBOX: 'false',
    JWKS_URL: 'https://login.example.com/keys',
    TOKEN_ISSUER: 'a',
    TOKEN_AUDIENCE: 'b',
  });
  expect({ code, output }).toEqual({ code: 1, output: '' });
  expect(complaint).toContain('SANDBOX is off');
});

test('a variable that cannot work ends the start with a sentence that names it', async () => {
  const { code, complaint } = await finish(run('main.js', [], { PORT: 'http' }));
  expect({ code, complaint }).toEqual({ code: 1, complaint: 'PORT must be a whole number from 0 to 65535, not "http".\n' });
});
