import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Documents, hashOf } from './documents.ts';

/** Documents that clients need not send, as they were made known before: their texts by hash. */
export type TrustedDocuments = ReadonlyMap<string, string>;

const EXTENSION = '.graphql';
const SETTING = 'TRUSTED_DOCUMENTS';
const Texts = z.record(z.string(), z.string());

/**
 * Reads them from a directory of `.graphql` files or from a file of JSON that names each text by its SHA-256. One that the schema or a limit
 * refuses is a mistake of whoever set the variable, and said before anybody asks for it.
 */
export function readTrustedDocuments(path: string, { check }: Pick<Documents, 'check'>): TrustedDocuments {
  const trusted = new Map<string, string>();
  for (const [name, text] of Object.entries(readTexts(path))) {
    const checked = check(text);
    if ('errors' in checked) throw mistake(`${name} is refused: ${checked.errors.map(({ message }) => message).join(' ')}`);
    trusted.set(hashOf(text), text);
  }
  return trusted;
}

function readTexts(path: string): Readonly<Record<string, string>> {
  try {
    return statSync(path).isDirectory() ? readDirectory(path) : readMap(readFileSync(path, 'utf8'));
  } catch (error) {
    throw mistake(`"${path}" cannot be read`, error);
  }
}

function readDirectory(path: string): Record<string, string> {
  const names = readdirSync(path).filter((name) => name.endsWith(EXTENSION));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(path, name), 'utf8')]));
}

function readMap(json: string): Record<string, string> {
  const parsed = Texts.safeParse(JSON.parse(json));
  if (!parsed.success) throw new Error('It is not an object of JSON that names texts by their SHA-256.');
  for (const [name, text] of Object.entries(parsed.data))
    if (hashOf(text) !== name) throw new Error(`The SHA-256 of the document under "${name}" is ${hashOf(text)}.`);
  return parsed.data;
}

function mistake(message: string, cause?: unknown): Error {
  return new Error(`${SETTING}: ${message}`, cause === undefined ? undefined : { cause });
}
