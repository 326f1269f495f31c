import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const BIN = join(ROOT, 'node_modules/.bin');

/** A project of somebody else in which the client is installed as it is built, with the only package that it needs. */
export interface Project {
  readonly directory: string;
  /** Checks the types of the project; answers what is wrong. */
  checkTypes(): string;
  /** Removes it. */
  remove(): void;
}

export const NODE = join(BIN, 'node');

export function installClient(): Project {
  const directory = mkdtempSync(join(tmpdir(), 'pointsettia-portal-'));
  const home = join(directory, 'node_modules/pointsettia');
  mkdirSync(home, { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(home, 'package.json'));
  const complaints = tsc('-p', join(ROOT, 'tsconfig.client.json'), '--outDir', join(home, 'dist'));
  if (complaints !== '') throw new Error(complaints);
  symlinkSync(join(ROOT, 'node_modules/graphql-ws'), join(directory, 'node_modules/graphql-ws'));
  return {
    directory,
    checkTypes: () => tsc('-p', directory),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function tsc(...args: readonly string[]): string {
  return spawnSync(join(BIN, 'tsc'), args, { encoding: 'utf8' }).stdout;
}
