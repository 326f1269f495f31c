import { createApp } from './app.ts';
import { explain } from './commands/run-command.ts';
import { type Config, readConfig } from './config.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './platform/embedded/embedded-postgres.ts';
import { createLog } from './platform/log.ts';
import { migrate } from './platform/migrate.ts';
import { welcome } from './welcome.ts';

const STOP_PATIENCE = 40_000;
/** The oldest Node.js that has what the program uses. The scripts of package.json run the one that was installed with it. */
const OLDEST_NODE = 22;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

// Whoever read our output may be gone before us, such as a closed terminal; that must not keep us from stopping in order.
for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);

/** Resolves at the first request to stop. Later ones are ignored: npm forwards the Ctrl-C that the terminal has sent already. */
const stopRequested = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
});

/** Starts everything, and hands every stop over as soon as there is something to stop. */
async function start(config: Config, atEnd: (stop: () => Promise<void>) => void): Promise<never> {
  const database = config.databaseUrl === undefined ? await startDatabase(config, atEnd) : { url: config.databaseUrl, lost: undefined };
  await migrate(database.url);
  const app = await createApp(config, { databaseUrl: database.url, log: createLog(config.logLevel) });
  atEnd(app.close);
  say(welcome(config, app.port, process.uptime()));
  await (database.lost ?? new Promise(() => undefined));
  throw new Error(`The embedded database has ended. Its log is ${config.dataDir}/postgres.log; the next start recovers it.`);
}

/** A stop that is asked for while the database starts waits for it, as half a start cannot be stopped. */
function startDatabase(config: Config, atEnd: (stop: () => Promise<void>) => void): Promise<EmbeddedPostgres> {
  const starting = startEmbeddedPostgres({ dataDir: config.dataDir, note: say });
  atEnd(async () => {
    const started = await starting.catch(() => undefined);
    await started?.stop();
  });
  return starting;
}

async function main(): Promise<number> {
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
    process.stderr.write(
      `Node.js ${OLDEST_NODE} or later is needed, and this is ${process.versions.node}: start with \`npm start\`, which brings its own.\n`,
    );
    return 1;
  }
  const stops: (() => Promise<void>)[] = [];
  try {
    await Promise.race([stopRequested, start(readConfig(), (stop) => stops.unshift(stop))]);
    say('Stopping.');
    return 0;
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    return 1;
  } finally {
    setTimeout(() => process.exit(1), STOP_PATIENCE).unref();
    for (const stop of stops) await stop().catch((error: unknown) => process.stderr.write(`${explain(error)}\n`));
  }
}

process.exit(await main());
