import { hash } from 'node:crypto';
import { type DocumentNode, GraphQLError, type GraphQLSchema, parse, specifiedRules, type ValidationRule, validate } from 'graphql';
import { LRUCache } from 'lru-cache';
import { LIMITS } from './limits.ts';
import { limitExceeded } from './present-errors.ts';

/** A document that may be executed, or what is wrong with it. */
export type CheckedDocument = { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[] };

/** Every document that was sent lately, parsed and validated once for requests, sockets and streams together. */
export interface Documents {
  /** Validation costs ten times what executing a small query does. */
  check(source: string): CheckedDocument;
  /** The same documents as Apollo Server asks for them: under keys that end with their hash. */
  readonly store: {
    get(key: string): Promise<DocumentNode | undefined>;
    set(key: string, document: DocumentNode): Promise<void>;
    delete(key: string): Promise<boolean>;
  };
}

const REMEMBERED = 1_000;
const REMEMBERED_CHARACTERS = 4_000_000;
const HASH_LENGTH = 64;

/** The name that a document has everywhere. */
export function hashOf(source: string): string {
  return hash('sha256', source);
}

export function createDocuments(schema: GraphQLSchema, rules: readonly ValidationRule[]): Documents {
  const known = new LRUCache<string, CheckedDocument & { readonly length: number }>({
    max: REMEMBERED,
    maxSize: REMEMBERED_CHARACTERS,
    sizeCalculation: ({ length }) => Math.max(1, length),
  });
  const all = [...specifiedRules, ...rules];
  const nameIn = (key: string): string => key.slice(-HASH_LENGTH);
  return {
    check(source) {
      if (source.length > LIMITS.documentCharacters)
        return { errors: [limitExceeded(`A document may have ${LIMITS.documentCharacters} characters.`)] };
      const name = hashOf(source);
      const before = known.get(name);
      if (before !== undefined) return before;
      const checked = { ...check(schema, all, source), length: source.length };
      known.set(name, checked);
      return checked;
    },
    store: {
      async get(key) {
        const checked = known.get(nameIn(key));
        return checked !== undefined && 'document' in checked ? checked.document : undefined;
      },
      async set(key, document) {
        known.set(nameIn(key), { document, length: document.loc?.end ?? 0 });
      },
      delete: async (key) => known.delete(nameIn(key)),
    },
  };
}

function check(schema: GraphQLSchema, rules: readonly ValidationRule[], source: string): CheckedDocument {
  let document: DocumentNode;
  try {
    document = parse(source, { maxTokens: LIMITS.tokens });
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [coded(error, 'GRAPHQL_PARSE_FAILED')] };
    throw error;
  }
  const errors = validate(schema, document, rules, { maxErrors: LIMITS.errors });
  return errors.length === 0 ? { document } : { errors: errors.map((error) => coded(error, 'GRAPHQL_VALIDATION_FAILED')) };
}

function coded(error: GraphQLError, code: string): GraphQLError {
  const { nodes, source, positions } = error;
  return new GraphQLError(error.message, { nodes, source, positions, extensions: { code, ...error.extensions } });
}
