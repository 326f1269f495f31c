// A durable PostgreSQL that can be killed, and comes back on the same files and port.

import { Client } from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/embedded/embedded-postgres.ts';
import { pause, say, wallClock } from '../figures.ts';
import { SERVER_PID } from '../server-pid.ts';

export interface MortalPostgres {
  readonly url: string;
  /** Kills the server itself, and starts it again at once: it recovers from its log. */
  killServer(): Promise<void>;
  /** Kills one of its processes, at work where any is: the server then ends all others, and recovers by itself. */
  killBackend(): Promise<void>;
  stop(): Promise<void>;
}

const BACK_WITHIN_MS = 30_000;
const BACKENDS = `select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()
  order by state = 'active' desc, random()`;

export async function startMortalPostgres(dataDir: string, maxConnections: number): Promise<MortalPostgres> {
  const options = { dataDir, maxConnections, note: say };
  let running = await startWithCommitTimes(options);
  const { url } = running;
  return {
    url,
    async killServer() {
      const { pid } = await ask(url, SERVER_PID);
      process.kill(pid, 'SIGKILL');
      await running.lost;
      running = await startEmbeddedPostgres(options);
      if (running.url !== url) throw new Error('PostgreSQL came back elsewhere');
    },
    async killBackend() {
      const witness = new Client({ connectionString: url });
      const ended = new Promise<void>((resolve) => witness.on('error', () => resolve()).on('end', resolve));
      await witness.connect();
      const { rows } = await witness.query<{ pid: number }>(BACKENDS);
      const [victim] = rows;
      if (victim === undefined) throw new Error('nobody is connected to PostgreSQL');
      process.kill(victim.pid, 'SIGKILL');
      await ended;
      await untilItAnswers(url);
    },
    stop: () => running.stop(),
  };
}

/** It remembers when each transaction was committed: that can be asked of it afterwards, whoever committed. */
async function startWithCommitTimes(options: Parameters<typeof startEmbeddedPostgres>[0]): Promise<EmbeddedPostgres> {
  const first = await startEmbeddedPostgres(options);
  await ask(first.url, 'alter system set track_commit_timestamp = on');
  await first.stop();
  return startEmbeddedPostgres(options);
}

/** One statement as the owner of the server; answers its first row. */
async function ask(url: string, text: string): Promise<{ pid: number }> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ pid: number }>(text);
    return rows[0] ?? { pid: 0 };
  } finally {
    await client.end();
  }
}

async function untilItAnswers(url: string): Promise<void> {
  for (const until = wallClock() + BACK_WITHIN_MS; ; await pause(20)) {
    try {
      await ask(url, 'select 0 as pid');
      return;
    } catch (error) {
      if (wallClock() > until) throw error;
    }
  }
}
