import { GraphQLError } from 'graphql';
import { ArgsType, type ClassType, Field, Int, ObjectType } from 'type-graphql';
import {
  decodeCursor,
  encodeCursor,
  type Keyset,
  MAX_PAGE,
  type Page,
  type PageRequest,
  type PageSlice,
  pageSize,
} from '../../kernel/cursor.ts';
import { PageInfoType } from './common.types.ts';

export interface Edge<T> {
  readonly node: T;
  readonly cursor: string;
}

export interface Connection<T> {
  readonly edges: readonly Edge<T>[];
  readonly pageInfo: PageInfoType;
}

/** Makes the Relay edge and connection types of a node type: `AccrualEdge`, `AccrualConnection`. */
export function connectionOf<T extends object>(name: string, nodeType: () => ClassType<T> | object): ClassType<Connection<T>> {
  @ObjectType(`${name}Edge`, { description: `One ${name} in a list, with its cursor.` })
  class EdgeType implements Edge<T> {
    @Field(() => nodeType() as ClassType<T>, { description: 'The item.' })
    readonly node!: T;

    @Field(() => String, { description: 'Its place in the list; stable while rows are added.' })
    readonly cursor!: string;
  }

  @ObjectType(`${name}Connection`, { description: `A page of a list of ${name}.` })
  class ConnectionType implements Connection<T> {
    @Field(() => [EdgeType], { description: 'The items of this page.' })
    readonly edges!: readonly Edge<T>[];

    @Field(() => PageInfoType, { description: 'Where the page stands.' })
    readonly pageInfo!: PageInfoType;
  }
  return ConnectionType;
}

/** The arguments of every list: forwards with `first` and `after`, backwards with `last` and `before`. */
@ArgsType()
export class PageArgs implements PageRequest {
  @Field(() => Int, { nullable: true, description: `Rows from the start of the list: 20 unless given, at most ${MAX_PAGE}.` })
  readonly first?: number | null;

  @Field(() => String, { nullable: true, description: 'Only rows behind this cursor.' })
  readonly after?: string | null;

  @Field(() => Int, { nullable: true, description: `Rows from the end of the list, instead of \`first\`; at most ${MAX_PAGE}.` })
  readonly last?: number | null;

  @Field(() => String, { nullable: true, description: 'Only rows ahead of this cursor.' })
  readonly before?: string | null;
}

/** The slice of a list that a page request means; out of range is an error of the request. */
export function readPage(request: PageRequest, keyLength: number): PageSlice {
  const size = pageSize(request);
  if (size === undefined) throw badInput(`\`first\`, or \`last\` instead of it, must be between 0 and ${MAX_PAGE}.`);
  return {
    size,
    after: readCursor('after', request.after, keyLength),
    before: readCursor('before', request.before, keyLength),
    backwards: request.last !== undefined && request.last !== null,
  };
}

function readCursor(name: string, cursor: string | null | undefined, keyLength: number): (string | number)[] | undefined {
  if (cursor === undefined || cursor === null) return undefined;
  const key = decodeCursor(cursor);
  if (key?.length !== keyLength) throw badInput(`\`${name}\` is not a cursor of this list.`);
  return key;
}

/** An error of the request itself: a value that no caller could ever send with success. */
export function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } } });
}

/** A page of rows as a connection; `key` is the keyset position of a row. */
export function toConnection<Row, T>(page: Page<Row>, toNode: (row: Row) => T, key: (row: Row) => Keyset): Connection<T> {
  const edges = page.rows.map((row) => ({ node: toNode(row), cursor: encodeCursor(key(row)) }));
  return {
    edges,
    pageInfo: {
      hasNextPage: page.hasNextPage,
      hasPreviousPage: page.hasPreviousPage ?? false,
      startCursor: edges[0]?.cursor,
      endCursor: edges.at(-1)?.cursor,
    },
  };
}
