import { type GraphQLSchema, isObjectType } from 'graphql';
import { getMetadataStorage } from 'type-graphql';

/** What is known of a type of the schema: its class, and the interfaces it names. */
interface Described {
  readonly target: object;
  readonly interfaceClasses?: readonly object[] | undefined;
}

/**
 * Fields that are properties of their objects, with no resolver, no right and no middleware of their own, are read as such and not through
 * a function that would find nothing else to do. Most values of every answer are such fields.
 */
export function readPlainFields(schema: GraphQLSchema): GraphQLSchema {
  for (const [name, described] of Map.groupBy(getMetadataStorage().objectTypes, (type) => type.name)) {
    const type = schema.getType(name);
    if (!isObjectType(type)) continue;
    // Another schema of this process may have a type of the same name: what either knows of a field counts.
    const classes = new Set(described.flatMap(classesOf));
    for (const field of Object.values(type.getFields())) if (isPlain(field.name, classes)) field.resolve = undefined;
  }
  return schema;
}

/** A class with those it extends, and with its interfaces and theirs: a field can be declared in any of them. */
function classesOf({ target, interfaceClasses = [] }: Described): object[] {
  return [target, ...interfaceClasses].flatMap(lineOf);
}

function lineOf(target: object): object[] {
  const parent: unknown = Object.getPrototypeOf(target);
  return typeof parent === 'function' && parent !== Function.prototype ? [target, ...lineOf(parent)] : [target];
}

function isPlain(name: string, classes: ReadonlySet<unknown>): boolean {
  const { fields, fieldResolvers } = getMetadataStorage();
  const declared = fields.filter((field) => field.schemaName === name && classes.has(field.target));
  const isProperty = declared.every(
    ({ name: property, roles, middlewares = [] }) => property === name && roles === undefined && middlewares.length === 0,
  );
  const isResolved = fieldResolvers.some((resolver) => resolver.schemaName === name && classes.has(resolver.getObjectType?.()));
  return declared.length > 0 && isProperty && !isResolved;
}
