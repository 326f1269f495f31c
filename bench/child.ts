// Processes of a benchmark: started by it, asked over the channel between them, and ended by it by their id.

import { fork } from 'node:child_process';
import { basename } from 'node:path';

export interface Child {
  readonly pid: number;
  /** Asks one thing, and waits for the answer. */
  ask<Answer>(what: string, detail?: unknown): Promise<Answer>;
  /** Ends it at once, as the machine would. */
  kill(): Promise<void>;
  /** Asks it to stop in order; ends it when that takes long. */
  stop(): Promise<void>;
}

const STOP_PATIENCE_MS = 10_000;

interface Reply {
  readonly no: number;
  readonly answer?: unknown;
  readonly fault?: string;
}

/** Starts a module as a process of its own. It can collect its garbage when told to. */
export function startChild(file: URL, environment: Readonly<Record<string, string>> = {}): Child {
  const name = basename(file.pathname);
  const transpile = new URL('./transpile.ts', import.meta.url).href;
  const child = fork(file, {
    execArgv: ['--expose-gc', '--import', transpile],
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${name} did not start`);
  const waiting = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
  let asked = 0;
  child.on('message', ({ no, answer, fault }: Reply) => {
    const asker = waiting.get(no);
    waiting.delete(no);
    if (fault === undefined) asker?.resolve(answer);
    else asker?.reject(new Error(`${name}: ${fault}`));
  });
  const ended = new Promise<void>((resolve) => {
    child.on('exit', () => {
      for (const { reject } of waiting.values()) reject(new Error(`${name} has ended`));
      waiting.clear();
      resolve();
    });
  });
  const ask = <Answer>(what: string, detail?: unknown): Promise<Answer> => {
    asked += 1;
    const no = asked;
    const answered = new Promise<Answer>((resolve, reject) => {
      waiting.set(no, { resolve: (answer) => resolve(answer as Answer), reject });
      child.send({ no, what, detail }, (error) => {
        if (error !== null) reject(error);
      });
    });
    // Whoever asked may be busy elsewhere when it fails, and hears of it later.
    answered.catch(() => undefined);
    return answered;
  };
  const kill = (): Promise<void> => {
    child.kill('SIGKILL');
    return ended;
  };
  return {
    pid,
    ask,
    kill,
    async stop() {
      const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS);
      await Promise.race([ask('stop').catch(() => undefined), ended]);
      if (child.connected) child.disconnect();
      await ended;
      clearTimeout(impatience);
    },
  };
}
