import { type GraphQLAbstractType, GraphQLError, type GraphQLObjectType, isObjectType } from 'graphql';
import type { PlannedField } from './plan.ts';
import type { Run } from './run.ts';

/** The object type that a value of an interface or union turned out to have. */
export function runtimeType(
  { plan: { schema } }: Run,
  field: PlannedField,
  abstract: GraphQLAbstractType,
  name: unknown,
): GraphQLObjectType {
  const type = typeof name === 'string' ? schema.getType(name) : undefined;
  if (isObjectType(type) && schema.isSubType(abstract, type)) return type;
  const place = `${field.parentType.name}.${field.name}`;
  throw new GraphQLError(
    name === undefined || name === null
      ? `Abstract type "${abstract.name}" must resolve to an Object type at runtime for field "${place}".`
      : `Runtime Object type "${String(name)}" is not a possible type for "${abstract.name}" of field "${place}".`,
    { nodes: field.nodes },
  );
}
