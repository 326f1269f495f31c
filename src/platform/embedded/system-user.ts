import { execFileSync, spawnSync } from 'node:child_process';

/** The user that PostgreSQL runs as; undefined fields mean the user of this process. */
export interface SystemUser {
  readonly uid?: number;
  readonly gid?: number;
}

function runs(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

function lookUp(name: string): SystemUser | undefined {
  try {
    const id = (flag: string): number => Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

/** PostgreSQL refuses to run as root, and its `initdb` wants a user that has a name. */
export function userForPostgres(): SystemUser {
  if (process.getuid?.() !== 0) return {};
  const existing = lookUp('postgres');
  if (existing !== undefined) return existing;
  const created =
    runs('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', 'postgres']) ||
    runs('adduser', ['-S', '-D', '-H', 'postgres']);
  const user = (created ? lookUp('postgres') : undefined) ?? lookUp('nobody');
  if (user === undefined)
    throw new Error('PostgreSQL does not run as root, and no user `postgres` could be created: create one, or start as another user.');
  return user;
}

/** Whether the user gets to a directory and may write there. */
export function canWrite(user: SystemUser, directory: string): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd -- "$0" && test -w .', directory], { ...user, stdio: 'ignore' }).status === 0;
}

/** Whether the user may run a program where it lies. */
export function canRun(user: SystemUser, program: string): boolean {
  return spawnSync(program, ['--version'], { ...user, cwd: '/', stdio: 'ignore' }).status === 0;
}
