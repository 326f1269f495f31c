// Our gateway as users run it: the built program, on a database that exists.

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Gateway {
  readonly pid: number;
  readonly port: number;
  /** Ends it at once, as the machine would. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const ADDRESS = /http:\/\/localhost:(\d+)\/graphql/;

export interface GatewayOptions {
  readonly databaseUrl: string;
  /** Where a profile of its processor time is written when it stops. */
  readonly profile?: string | undefined;
  /** What a deployment would set besides. */
  readonly environment?: Readonly<Record<string, string>>;
}

export async function startGateway({ databaseUrl, profile, environment }: GatewayOptions): Promise<Gateway> {
  const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const child = spawn(process.execPath, [...flagsOfStart(), ...profiling, PROGRAM], {
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: '0',
      DATABASE_URL: databaseUrl,
      SANDBOX: 'true',
      SEED: 'none',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // Whoever is interrupted while it starts leaves no gateway behind.
  const onExit = (): void => void child.kill('SIGTERM');
  process.once('exit', onExit);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  void ended.then(() => process.removeListener('exit', onExit));
  const port = await Promise.race([portOf(child), ended.then(() => undefined)]);
  if (port === undefined || child.pid === undefined) throw new Error('the gateway did not start');
  return {
    pid: child.pid,
    port,
    kill() {
      child.kill('SIGKILL');
      return ended;
    },
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/** What `npm start` tells Node. */
function flagsOfStart(): string[] {
  const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { scripts: { start: string } };
  return scripts.start.split(' ').filter((word) => word.startsWith('--'));
}

function portOf({ stdout }: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    let text = '';
    stdout?.setEncoding('utf8').on('data', (more: string) => {
      text = `${text}${more}`.slice(-4_000);
      const found = ADDRESS.exec(text)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
  });
}
