import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Programs } from './programs.ts';
import { SHARED_DIRECTORY } from './programs.ts';
import { canWrite, type SystemUser } from './system-user.ts';

const Memory = z.object({ directory: z.string(), port: z.number().optional(), password: z.string() });

/** What is remembered of a data directory between starts: where PostgreSQL's files are, its last port, its password. */
export type ClusterMemory = z.infer<typeof Memory>;

export function recall(dataDir: string): ClusterMemory | undefined {
  const file = join(dataDir, 'cluster.json');
  if (!existsSync(file)) return undefined;
  const memory = Memory.parse(JSON.parse(readFileSync(file, 'utf8')));
  // A directory that was moved as a whole still has its files inside.
  const inside = join(dataDir, basename(memory.directory));
  return existsSync(join(inside, 'PG_VERSION')) ? { ...memory, directory: inside } : memory;
}

export function remember(dataDir: string, memory: ClusterMemory): void {
  const unfinished = join(dataDir, 'cluster.json.new');
  writeFileSync(unfinished, `${JSON.stringify(memory)}\n`, { mode: 0o600 });
  renameSync(unfinished, join(dataDir, 'cluster.json'));
}

/** The place for a new cluster: inside the data directory where its user gets there, else the shared one. */
export function chooseDirectory(dataDir: string, user: SystemUser, note: (line: string) => void): string {
  const inside = join(dataDir, 'postgres');
  if (user.uid === undefined || isReachable(inside, user)) return inside;
  const outside = join(SHARED_DIRECTORY, createHash('sha256').update(dataDir).digest('hex').slice(0, 16), 'postgres');
  mkdirSync(dirname(outside), { recursive: true, mode: 0o755 });
  if (!isReachable(outside, user)) {
    throw new Error(
      `PostgreSQL does not run as root, and its user (uid ${user.uid}) can write neither below ${dataDir} nor below ${SHARED_DIRECTORY}. ` +
        'Set DATA_DIR to a directory that other users may enter, start as another user, or set DATABASE_URL.',
    );
  }
  note(`PostgreSQL's user cannot enter ${dataDir}, so the database's files are in ${dirname(outside)}.`);
  return outside;
}

function isReachable(directory: string, user: SystemUser): boolean {
  const probe = `${directory}.probe`;
  mkdirSync(probe, { recursive: true });
  give(probe, user);
  const reachable = canWrite(user, probe);
  rmdirSync(probe);
  return reachable;
}

function give(path: string, user: SystemUser): void {
  if (user.uid !== undefined && user.gid !== undefined) chownSync(path, user.uid, user.gid);
}

/** Makes the files of a new, empty server. They get their name when they are complete, so a start cut short leaves none. */
export async function createCluster(plan: {
  programs: Programs;
  user: SystemUser;
  directory: string;
  durable: boolean;
}): Promise<ClusterMemory> {
  const { directory, user } = plan;
  const unfinished = `${directory}.new`;
  const passwordFile = `${directory}.password`;
  const password = randomBytes(18).toString('base64url');
  discardUnused(directory);
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  give(unfinished, user);
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  give(passwordFile, user);
  try {
    const options = [
      '--username=pointsettia',
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
    ];
    const args = [`--pgdata=${unfinished}`, `--pwfile=${passwordFile}`, ...options, ...(plan.durable ? [] : ['--no-sync'])];
    await promisify(execFile)(plan.programs.initdb, args, { ...user, cwd: '/', env: { LC_ALL: 'C', TZ: 'UTC' } });
    renameSync(unfinished, directory);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(unfinished, { recursive: true, force: true });
  }
  return { directory, password };
}

/** A cluster that is not remembered goes when it never ran; one that did holds somebody's data. */
function discardUnused(directory: string): void {
  if (existsSync(join(directory, 'postmaster.opts'))) {
    throw new Error(
      `${directory} holds a database, but the file cluster.json with its password is missing. Restore it, or move the directory away.`,
    );
  }
  rmSync(directory, { recursive: true, force: true });
}

/** The user who owns the files: who made them may have been another one than we would choose now. */
export function ownerOf(directory: string): SystemUser {
  if (!existsSync(join(directory, 'PG_VERSION')))
    throw new Error(`The files of the database are expected in ${directory}, but they are not there.`);
  const { uid, gid } = statSync(directory);
  const self = process.getuid?.();
  if (self === undefined || uid === self) return {};
  if (self === 0) return { uid, gid };
  throw new Error(`${directory} belongs to another user (uid ${uid}). Start as that user, or set DATA_DIR to a directory of your own.`);
}
