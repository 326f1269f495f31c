import { type GraphQLSchema, type GraphQLTypeResolver, isAbstractType } from 'graphql';
import { getMetadataStorage } from 'type-graphql';

/** Interfaces and unions say at once which type a value has; the library would make a list of promises out of a list of values. */
export function resolveTypesAtOnce(schema: GraphQLSchema): GraphQLSchema {
  const { interfaceTypes, unions, objectTypes } = getMetadataStorage();
  const names = new Map<unknown, string>(objectTypes.map(({ target, name }) => [target, name]));
  for (const [name, described] of Map.groupBy([...interfaceTypes, ...unions], (type) => type.name)) {
    const type = schema.getType(name);
    const [only] = described;
    // Another schema of this process may have a type of the same name: the library knows which is which.
    if (!isAbstractType(type) || described.length > 1 || only?.resolveType === undefined) continue;
    const { resolveType } = only;
    const atOnce: GraphQLTypeResolver<unknown, unknown> = (...given) => {
      const found: unknown = resolveType(...given);
      return typeof found === 'function' ? names.get(found) : (found as string | undefined);
    };
    type.resolveType = atOnce;
  }
  return schema;
}
