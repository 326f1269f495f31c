import { GraphQLError } from 'graphql';
import { hashOf } from './documents.ts';
import { refusedRequest } from './present-errors.ts';
import type { TrustedDocuments } from './trusted-documents.ts';

/** A request as far as it says which document it is about: its text, or the hash of one that is trusted. */
export interface Asked {
  readonly query?: unknown;
  readonly documentId?: unknown;
  readonly extensions?: unknown;
}

/** The text of the document: undefined where the request is to be taken as it was sent. */
export type FoundDocument = { readonly text: string | undefined } | { readonly refused: GraphQLError };

export type FindDocument = (asked: Asked) => FoundDocument;

export interface FindOptions {
  readonly trusted: TrustedDocuments;
  /** Whether no other documents are executed. */
  readonly only: boolean;
}

const AS_SENT: FoundDocument = { text: undefined };

/** Finds the documents of requests that name one by its hash, and refuses others where only trusted ones are executed. */
export function createFindDocument({ trusted, only }: FindOptions): FindDocument {
  if (trusted.size === 0 && !only) return () => AS_SENT;
  const strange = (): FoundDocument => ({
    refused: refusedRequest('DOCUMENT_NOT_TRUSTED', 'Only documents that this server was given are executed, and this is none of them.'),
  });
  return ({ query, documentId, extensions }) => {
    const text = typeof query === 'string' && query !== '' ? query : undefined;
    const name = nameIn(documentId, extensions);
    if (name === undefined) return only && text !== undefined && !trusted.has(hashOf(text)) ? strange() : AS_SENT;
    if (text !== undefined && hashOf(text) !== name)
      return {
        refused: refusedRequest('BAD_REQUEST', 'The hash is not that of the document beside it: SHA-256 of its text, in hexadecimal.'),
      };
    const known = trusted.get(name);
    if (known === undefined && only) return strange();
    return known === undefined && text === undefined ? { refused: unknownHash() } : { text: known ?? text };
  };
}

/** What clients that may send the text instead wait for: they send it then. */
function unknownHash(): GraphQLError {
  return new GraphQLError('PersistedQueryNotFound', { extensions: { code: 'PERSISTED_QUERY_NOT_FOUND', http: { status: 200 } } });
}

/** The hash that a request names: as `documentId`, or as Apollo's clients say it. */
function nameIn(documentId: unknown, extensions: unknown): string | undefined {
  if (typeof documentId === 'string') return documentId.replace(/^sha256:/, '').toLowerCase();
  const { persistedQuery } = isObject(extensions) ? extensions : {};
  const { sha256Hash } = isObject(persistedQuery) ? persistedQuery : {};
  return typeof sha256Hash === 'string' ? sha256Hash.toLowerCase() : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
