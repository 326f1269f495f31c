import { LRUCache } from 'lru-cache';
import { type BinaryType, isBinaryType } from './binary-arrays.ts';

/** For each parameter of a statement the type of its elements, where it is an array that can be sent in PostgreSQL's own form. */
export type ParameterTypes = readonly (BinaryType | undefined)[];

const MOST_TEXTS = 1_000;
const typesOfTexts = new LRUCache<string, ParameterTypes>({ max: MOST_TEXTS });

/** What PostgreSQL takes parameters for: what a text makes of each where it names it first, as in `$1::uuid[]`. */
export function parameterTypesOf(text: string): ParameterTypes {
  let types = typesOfTexts.get(text);
  if (types === undefined) {
    types = readTypes(text);
    typesOfTexts.set(text, types);
  }
  return types;
}

function readTypes(text: string): ParameterTypes {
  const types = new Map<number, BinaryType | undefined>();
  for (const [, number, name = ''] of text.matchAll(/\$(\d+)(?:::(\w+)\[\])?/g)) {
    const at = Number(number) - 1;
    if (!types.has(at)) types.set(at, isBinaryType(name) ? name : undefined);
  }
  return Array.from({ length: Math.max(0, ...types.keys()) + 1 }, (_, at) => types.get(at));
}
