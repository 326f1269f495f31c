import type { GraphQLFieldResolver, GraphQLObjectType, GraphQLSchema } from 'graphql';
import type { Context } from '../platform/graphql/context.ts';
import { unauthenticated } from '../platform/graphql/rights.ts';

/** What answers without a token, besides `__typename`. */
export const PUBLIC_FIELDS: ReadonlySet<string> = new Set(['quoteAccrual']);

/** Closes every root field to requests without a token, so that no resolver can forget to. */
export function closeToAnonymous(schema: GraphQLSchema): GraphQLSchema {
  for (const root of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    if (root !== undefined && root !== null) closeFields(root);
  }
  return schema;
}

function closeFields(root: GraphQLObjectType<unknown, Context>): void {
  for (const field of Object.values(root.getFields())) {
    if (PUBLIC_FIELDS.has(field.name)) continue;
    const { resolve, subscribe } = field;
    if (subscribe !== undefined) field.subscribe = asSomebody(subscribe);
    else if (resolve !== undefined) field.resolve = asSomebody(resolve);
  }
}

function asSomebody(resolve: GraphQLFieldResolver<unknown, Context>): GraphQLFieldResolver<unknown, Context> {
  return (source, args, context, info) => {
    if (context.viewer.role === 'ANONYMOUS') throw unauthenticated();
    return resolve(source, args, context, info);
  };
}
