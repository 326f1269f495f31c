import {
  type GraphQLAbstractType,
  GraphQLID,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLString,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

/** A type of a field, taken apart: what is done with a value of it. */
export type Shape = { readonly isRequired: boolean } /** A text of a type of which each is its own answer needs no look at it. */ & (
  | { readonly kind: 'LEAF'; readonly type: GraphQLLeafType; readonly isText: boolean }
  | { readonly kind: 'LIST'; readonly item: Shape }
  | { readonly kind: 'OBJECT'; readonly type: GraphQLObjectType }
  | { readonly kind: 'ABSTRACT'; readonly type: GraphQLAbstractType }
);

export function shapeOf(given: GraphQLOutputType): Shape {
  const isRequired = isNonNullType(given);
  const type = isNonNullType(given) ? given.ofType : given;
  if (isLeafType(type)) return { isRequired, kind: 'LEAF', type, isText: type === GraphQLString || type === GraphQLID };
  if (isListType(type)) return { isRequired, kind: 'LIST', item: shapeOf(type.ofType) };
  if (isObjectType(type)) return { isRequired, kind: 'OBJECT', type };
  return { isRequired, kind: 'ABSTRACT', type };
}
