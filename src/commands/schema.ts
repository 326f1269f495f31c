/** Writes the public contract and the shape of the database to schema/; with --check says whether what lies there is up to date. */
import 'reflect-metadata';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { buildGatewaySchema, printGatewaySchema } from '../gateway/schema.ts';
import { composeSupergraph, printSubgraphs } from '../gateway/subgraphs.ts';
import { describeDatabase } from '../platform/describe-database.ts';
import { startTemporaryPostgres } from '../platform/embedded/temporary-postgres.ts';
import { migrate } from '../platform/migrate.ts';
import { runCommand } from './run-command.ts';

const DIRECTORY = join(import.meta.dirname, '../../schema');

const command = new Command('schema')
  .description('Writes schema/: the public contract, its subgraphs and supergraph, and the database after all migrations.')
  .option('--check', 'change nothing; end with 1 when a file is out of date')
  .parse();

/** On a server of its own, so that nobody's database is needed or changed. */
async function describeMigrations(): Promise<string> {
  const postgres = await startTemporaryPostgres(10);
  try {
    await migrate(postgres.url);
    return await describeDatabase(postgres.url);
  } finally {
    await postgres.stop();
  }
}

async function generate(): Promise<Map<string, string>> {
  const subgraphs = Object.entries(printSubgraphs()).map(([name, sdl]) => [`subgraphs/${name}.graphql`, sdl] as const);
  return new Map([
    ['schema.graphql', printGatewaySchema(buildGatewaySchema())],
    ...subgraphs,
    ['supergraph.graphql', composeSupergraph()],
    ['database.sql', await describeMigrations()],
  ]);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(join(DIRECTORY, file), 'utf8');
  } catch {
    return undefined;
  }
}

/** Subgraphs that are there and should not be. */
function leftOver(generated: ReadonlyMap<string, string>): string[] {
  const directory = join(DIRECTORY, 'subgraphs');
  return readdirSync(directory)
    .map((file) => `subgraphs/${file}`)
    .filter((file) => !generated.has(file));
}

async function write(generated: ReadonlyMap<string, string>): Promise<void> {
  for (const [file, content] of generated) {
    await mkdir(dirname(join(DIRECTORY, file)), { recursive: true });
    await writeFile(join(DIRECTORY, file), content);
  }
  for (const file of leftOver(generated)) rmSync(join(DIRECTORY, file));
}

await runCommand(async () => {
  const generated = new Map([...(await generate())].map(([file, content]) => [file, `${content.trimEnd()}\n`]));
  if (command.opts<{ check?: true }>().check === undefined) {
    await write(generated);
    return 0;
  }
  const stale = [...generated].filter(([file, content]) => read(file) !== content).map(([file]) => file);
  for (const file of [...stale, ...leftOver(generated)]) process.stderr.write(`schema/${file} is out of date: run \`npm run schema\`.\n`);
  return stale.length + leftOver(generated).length === 0 ? 0 : 1;
});
