import {
  type ArgumentNode,
  type FieldNode,
  type GraphQLArgument,
  type GraphQLField,
  getArgumentValues,
  isNonNullType,
  Kind,
  valueFromAST,
} from 'graphql';
import type { Variables } from './plan.ts';

/** The arguments of a field as its resolver is given them; throws what is wrong with them. */
export type ReadArguments = (variables: Variables) => Record<string, unknown>;

/** Where the value of an argument comes from. */
type Source = { readonly name: string } & ({ readonly value: unknown } | { readonly variable: string; readonly isRequired: boolean });

/**
 * What graphql-js does with the arguments of a field. Variables, and literals that are no lists and no objects, are found in the document
 * once; whatever else there is, and whatever is wrong, is left to it.
 */
export function createReadArguments(definition: GraphQLField<unknown, unknown>, node: FieldNode): ReadArguments {
  const ask: ReadArguments = (variables) => getArgumentValues(definition, node, variables);
  const sources: Source[] = [];
  for (const argument of definition.args) {
    const given = node.arguments?.find(({ name }) => name.value === argument.name);
    const source = sourceOf(argument, given);
    if (source === undefined) return ask;
    if (source !== NOWHERE) sources.push(source);
  }
  return (variables) => {
    const values: Record<string, unknown> = {};
    for (const source of sources) {
      if ('value' in source) {
        values[source.name] = source.value;
        continue;
      }
      const value = Object.hasOwn(variables, source.variable) ? variables[source.variable] : undefined;
      if (value === undefined || (value === null && source.isRequired)) return ask(variables);
      values[source.name] = value;
    }
    return values;
  };
}

const NOWHERE = 'nowhere';

function sourceOf({ name, type, defaultValue }: GraphQLArgument, given: ArgumentNode | undefined): Source | typeof NOWHERE | undefined {
  if (given === undefined) {
    if (defaultValue !== undefined) return { name, value: defaultValue };
    return isNonNullType(type) ? undefined : NOWHERE;
  }
  if (given.value.kind === Kind.VARIABLE) return { name, variable: given.value.name.value, isRequired: isNonNullType(type) };
  if (given.value.kind === Kind.LIST || given.value.kind === Kind.OBJECT) return undefined;
  const value: unknown = valueOrNothing(given.value, type);
  return value === undefined || typeof value === 'object' ? undefined : { name, value };
}

function valueOrNothing(...[node, type]: Parameters<typeof valueFromAST>): unknown {
  try {
    return valueFromAST(node, type);
  } catch {
    return undefined;
  }
}
