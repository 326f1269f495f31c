import {
  type GraphQLAbstractType,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

/** A type of a field, taken apart: what is done with a value of it. */
export type Shape = { readonly isRequired: boolean } & (
  | { readonly kind: 'LEAF'; readonly type: GraphQLLeafType }
  | { readonly kind: 'LIST'; readonly item: Shape }
  | { readonly kind: 'OBJECT'; readonly type: GraphQLObjectType }
  | { readonly kind: 'ABSTRACT'; readonly type: GraphQLAbstractType }
);

export function shapeOf(given: GraphQLOutputType): Shape {
  const isRequired = isNonNullType(given);
  const type = isNonNullType(given) ? given.ofType : given;
  if (isLeafType(type)) return { isRequired, kind: 'LEAF', type };
  if (isListType(type)) return { isRequired, kind: 'LIST', item: shapeOf(type.ofType) };
  if (isObjectType(type)) return { isRequired, kind: 'OBJECT', type };
  return { isRequired, kind: 'ABSTRACT', type };
}
