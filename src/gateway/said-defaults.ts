import { GraphQLNonNull, type GraphQLSchema, isInputObjectType, isNonNullType, isObjectType } from 'graphql';

/**
 * What is shown of an input that had a default always has a value: an object type that has the fields of an input (`XClause` of
 * `XClauseInput`) says so, which its class, being both, cannot.
 */
export function sayDefaults(schema: GraphQLSchema): GraphQLSchema {
  for (const input of Object.values(schema.getTypeMap())) {
    const shown = schema.getType(input.name.replace(/Input$/, ''));
    if (!isInputObjectType(input) || !isObjectType(shown)) continue;
    const fields = shown.getFields();
    for (const { name, defaultValue } of Object.values(input.getFields())) {
      const field = fields[name];
      if (field !== undefined && defaultValue !== undefined && !isNonNullType(field.type)) field.type = new GraphQLNonNull(field.type);
    }
  }
  return schema;
}
