import { type GraphQLFieldResolver, type GraphQLObjectType, type GraphQLSchema, isObjectType } from 'graphql';
import { getMetadataStorage } from 'type-graphql';

/** A method that answers a field, as far as it matters who calls it. */
interface Described {
  readonly schemaName: string;
  readonly methodName: string;
  readonly target: object;
  readonly params?: readonly Parameter[];
  readonly roles?: readonly unknown[];
  readonly middlewares?: readonly unknown[];
}

type Parameter = ReturnType<typeof getMetadataStorage>['params'][number];

type Read = (root: unknown, args: Readonly<Record<string, unknown>>, context: unknown, info: unknown) => unknown;

/**
 * Methods of resolvers with no right and no middleware of their own are called with what they ask for and nothing around them: the library
 * would look for their instance among all others, put their parameters in order and copy each input into an instance of its class, whenever
 * one is called. Inputs are plain objects therefore, with the fields that were sent.
 */
export function callResolvers(schema: GraphQLSchema): GraphQLSchema {
  const { queries, mutations, fieldResolvers, objectTypes } = getMetadataStorage();
  const instances = new Map<object, object>();
  callAt(instances, schema.getQueryType(), queries);
  callAt(instances, schema.getMutationType(), mutations);
  const external = fieldResolvers.filter(({ kind }) => kind === 'external');
  for (const [name, described] of Map.groupBy(objectTypes, (type) => type.name)) {
    const type = schema.getType(name);
    const targets = new Set<unknown>(described.map(({ target }) => target));
    if (isObjectType(type))
      callAt(
        instances,
        type,
        external.filter(({ getObjectType }) => targets.has(getObjectType?.())),
      );
  }
  return schema;
}

function callAt(instances: Map<object, object>, type: GraphQLObjectType | null | undefined, all: readonly Described[]): void {
  if (type === null || type === undefined) return;
  const fields = type.getFields();
  for (const [name, [described, ...others]] of Map.groupBy(all, ({ schemaName }) => schemaName)) {
    const field = fields[name];
    // Another schema of this process may have a field of the same name: the library knows which is which.
    if (field === undefined || described === undefined || others.length > 0) continue;
    field.resolve = calling(instances, described) ?? field.resolve;
  }
}

/** Undefined for a method that something must be done around, or that asks for what only the library knows. */
function calling(instances: Map<object, object>, described: Described): GraphQLFieldResolver<unknown, unknown> | undefined {
  const { target, methodName, params = [], roles, middlewares = [] } = described;
  const reads = params.toSorted((a, b) => a.index - b.index).map((parameter) => readerOf(parameter, params));
  if (roles !== undefined || middlewares.length > 0 || reads.some((read) => read === undefined)) return undefined;
  const given = reads as Read[];
  return (root, args, context, info) => {
    const instance = instanceOf(instances, target);
    const values: unknown[] = [];
    for (const read of given) values.push(read(root, args, context, info));
    return Reflect.apply(instance[methodName] as () => unknown, instance, values);
  };
}

function readerOf(parameter: Parameter, all: readonly Parameter[]): Read | undefined {
  switch (parameter.kind) {
    case 'context':
      return parameter.propertyName === undefined ? (_root, _args, context) => context : undefined;
    case 'root':
      return parameter.propertyName === undefined && parameter.getType === undefined ? (root) => root : undefined;
    case 'arg': {
      const { name } = parameter;
      return (_root, args) => args[name];
    }
    case 'args': {
      const others = all.flatMap((one) => (one.kind === 'arg' ? [one.name] : []));
      return (_root, args) => without(args, others);
    }
    case 'info':
      return (_root, _args, _context, info) => info;
    default:
      return undefined;
  }
}

function without(args: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  const rest = { ...args };
  for (const name of names) delete rest[name];
  return rest;
}

/** One for all calls, as the library has it. */
function instanceOf(instances: Map<object, object>, target: object): Record<string, unknown> {
  let instance = instances.get(target);
  if (instance === undefined) {
    instance = Reflect.construct(target as new () => object, []);
    instances.set(target, instance);
  }
  return instance as Record<string, unknown>;
}
