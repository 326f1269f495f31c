import { type DocumentNode, GraphQLError, type GraphQLSchema, parse, specifiedRules, type ValidationRule, validate } from 'graphql';
import { LRUCache } from 'lru-cache';
import { LIMITS } from './limits.ts';
import { limitExceeded } from './present-errors.ts';

/** A document that may be executed, or what is wrong with it. */
export type CheckedDocument = { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[] };

export type CheckDocument = (source: string) => CheckedDocument;

const REMEMBERED = 1_000;

/** Parses and validates for sockets, each text once: validation costs ten times what executing a small query does. */
export function createDocumentCheck(schema: GraphQLSchema, rules: readonly ValidationRule[]): CheckDocument {
  const known = new LRUCache<string, CheckedDocument>({ max: REMEMBERED });
  const all = [...specifiedRules, ...rules];
  return (source) => {
    let checked = known.get(source);
    if (checked === undefined) {
      checked = check(schema, all, source);
      if (source.length <= LIMITS.documentCharacters) known.set(source, checked);
    }
    return checked;
  };
}

function check(schema: GraphQLSchema, rules: readonly ValidationRule[], source: string): CheckedDocument {
  if (source.length > LIMITS.documentCharacters)
    return { errors: [limitExceeded(`A document may have ${LIMITS.documentCharacters} characters.`)] };
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
