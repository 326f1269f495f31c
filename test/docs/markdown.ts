import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

/** A fenced block of a document. */
export interface Block {
  readonly language: string;
  /** What the fence says besides the language. */
  readonly note: string;
  readonly text: string;
  /** `README.md:12`, for messages. */
  readonly place: string;
  /** The heading above it. */
  readonly heading: string;
  /** Name of the file in schema/operations that was linked last. */
  readonly operation: string | undefined;
}

/** The documents, by their path from the root. */
export function documents(): string[] {
  const guides = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', ...guides.map((name) => `docs/${name}`)];
}

export function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

export function operationFile(name: string): string {
  return read(`schema/operations/${name}`);
}

export function operationFiles(): string[] {
  return readdirSync(join(ROOT, 'schema/operations'));
}

/** The fenced blocks of a document, in order. */
export function blocksOf(path: string): Block[] {
  const blocks: Block[] = [];
  let heading = '';
  let operation: string | undefined;
  let open: { language: string; note: string; line: number; lines: string[] } | undefined;
  for (const [at, line] of read(path).split('\n').entries()) {
    const fence = /^```(\w*) ?(.*)$/.exec(line);
    if (open !== undefined) {
      if (fence === null) open.lines.push(line);
      else {
        const { language, note, lines } = open;
        blocks.push({ language, note, text: lines.join('\n'), place: `${path}:${open.line}`, heading, operation });
        open = undefined;
      }
    } else if (fence !== null) open = { language: fence[1] ?? '', note: fence[2] ?? '', line: at + 1, lines: [] };
    else if (line.startsWith('#')) heading = line.replace(/^#+ /, '');
    else for (const [, name] of line.matchAll(/schema\/operations\/([\w-]+\.graphql)\)/g)) operation = name;
  }
  if (open !== undefined) throw new Error(`${path}:${open.line} opens a block that is not closed`);
  return blocks;
}

/** The rows of the tables below a heading, without those that name the columns. */
export function rowsBelow(path: string, heading: string): string[][] {
  const [, section = ''] = read(path).split(new RegExp(`^#+ ${heading}$`, 'm'));
  const lines = section.split(/^#/m)[0]?.split('\n') ?? [];
  return lines.flatMap((line, at) => {
    const isColumns = lines[at + 1]?.startsWith('|---') ?? false;
    if (!line.startsWith('|') || line.startsWith('|---') || isColumns) return [];
    return [
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    ];
  });
}
