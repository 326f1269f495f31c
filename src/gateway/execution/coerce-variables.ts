import {
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
  valueFromAST,
} from 'graphql';
import type { Variables } from './plan.ts';

/** Values of variables as they were sent. */
export type Inputs = Readonly<Record<string, unknown>>;

/** Values of variables as resolvers see them; undefined where one does not fit its type, which graphql-js says in full. */
export type CoerceVariables = (inputs: Inputs) => Variables | undefined;

type Coerce = (value: unknown) => unknown;

/** In place of a value that does not fit, or that graphql-js is to look at. */
const UNFIT = Symbol('unfit');

/** What graphql-js does with the variables of an operation, with all that depends on their types found out once. */
export function createCoerceVariables(schema: GraphQLSchema, { variableDefinitions = [] }: OperationDefinitionNode): CoerceVariables {
  const variables = variableDefinitions.map(({ variable, type: typeNode, defaultValue }) => {
    const type = typeFromAST(schema, typeNode);
    const name = variable.name.value;
    return isInputType(type) && name !== '__proto__' ? { name, type, defaultValue, coerce: coercerOf(type) } : undefined;
  });
  return (inputs) => {
    const coerced: Record<string, unknown> = {};
    for (const variable of variables) {
      if (variable === undefined) return undefined;
      const { name, type, defaultValue, coerce } = variable;
      if (Object.hasOwn(inputs, name)) {
        const value = tried(coerce, inputs[name]);
        if (value === UNFIT) return undefined;
        coerced[name] = value;
      } else if (defaultValue !== undefined) coerced[name] = valueFromAST(defaultValue, type);
      else if (isNonNullType(type)) return undefined;
    }
    return coerced;
  };
}

/** Scalars throw what is wrong with a value. */
function tried(coerce: Coerce, value: unknown): unknown {
  try {
    return coerce(value);
  } catch {
    return UNFIT;
  }
}

function coercerOf(type: GraphQLInputType): Coerce {
  if (!isNonNullType(type)) return nullable(type);
  const inner = nullable(type.ofType);
  return (value) => (value === null || value === undefined ? UNFIT : inner(value));
}

function nullable(type: GraphQLInputType): Coerce {
  if (isNonNullType(type)) return coercerOf(type);
  if (isListType(type)) return listOf(coercerOf(type.ofType));
  if (isInputObjectType(type)) return objectOf(type);
  return (value) => {
    if (value === null || value === undefined) return null;
    const parsed: unknown = type.parseValue(value);
    return parsed === undefined ? UNFIT : parsed;
  };
}

function listOf(coerceItem: Coerce): Coerce {
  return (values) => {
    if (values === null || values === undefined) return null;
    if (!Array.isArray(values)) return UNFIT;
    const items: unknown[] = [];
    for (const value of values) {
      const item = coerceItem(value);
      if (item === UNFIT) return UNFIT;
      items.push(item);
    }
    return items;
  };
}

interface InputField {
  readonly name: string;
  readonly isRequired: boolean;
  readonly defaultValue: unknown;
  readonly coerce: Coerce;
}

const objects = new WeakMap<GraphQLInputObjectType, Coerce>();

/** An input may hold inputs of its own type, so its fields are looked at when a value of it is met. */
function objectOf(type: GraphQLInputObjectType): Coerce {
  const known = objects.get(type);
  if (known !== undefined) return known;
  let fields: readonly InputField[] | undefined;
  const coerce: Coerce = (value) => {
    if (value === null || value === undefined) return null;
    if (typeof value !== 'object' || Array.isArray(value)) return UNFIT;
    fields ??= Object.values(type.getFields()).map(({ name, type: fieldType, defaultValue }) => ({
      name,
      isRequired: isNonNullType(fieldType),
      defaultValue,
      coerce: coercerOf(fieldType),
    }));
    return coerceFields(fields, value as Inputs, type.isOneOf);
  };
  objects.set(type, coerce);
  return coerce;
}

function coerceFields(fields: readonly InputField[], given: Inputs, isOneOf: boolean): unknown {
  const coerced: Record<string, unknown> = {};
  let met = 0;
  for (const { name, isRequired, defaultValue, coerce } of fields) {
    const value = given[name];
    if (value === undefined) {
      if (defaultValue !== undefined) coerced[name] = defaultValue;
      else if (isRequired) return UNFIT;
      continue;
    }
    const fitting = coerce(value);
    if (fitting === UNFIT || (isOneOf && fitting === null)) return UNFIT;
    coerced[name] = fitting;
    met += 1;
  }
  // Something else is in it, which the type does not know.
  if (met !== Object.keys(given).length) return UNFIT;
  return isOneOf && met !== 1 ? UNFIT : coerced;
}
