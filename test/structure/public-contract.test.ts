import { readFileSync } from 'node:fs';
import {
  type DefinitionNode,
  type FieldDefinitionNode,
  type GraphQLNamedType,
  type InputValueDefinitionNode,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  Kind,
  parse,
  print,
} from 'graphql';
import { buildGatewaySchema } from '../../src/gateway/schema.ts';

const schema = buildGatewaySchema();
const promised = parse(readFileSync(new URL('core.graphql', import.meta.url), 'utf8')).definitions;

interface Value {
  readonly name: string;
  readonly type: { toString(): string };
  readonly defaultValue?: unknown;
}

/** `field(argument: Type = default): Type` as promised and as it is; arguments that were added are left out. */
function promisedField({ name, type, arguments: args = [] }: FieldDefinitionNode): string {
  return `${name.value}(${args.map(promisedValue).join(', ')}): ${print(type)}`;
}

function promisedValue({ name, type, defaultValue }: InputValueDefinitionNode): string {
  return `${name.value}: ${print(type)}${defaultValue ? ` = ${print(defaultValue)}` : ''}`;
}

function actualValue(value: Value | undefined): string {
  if (value === undefined) return 'missing';
  const type = 'astNode' in value ? value : undefined;
  const ast = value.defaultValue === undefined || type === undefined ? undefined : printDefault(value);
  return `${value.name}: ${value.type.toString()}${ast === undefined ? '' : ` = ${ast}`}`;
}

function printDefault({ defaultValue, type }: Value): string {
  const named = schema.getType(type.toString().replace(/[![\]]/g, ''));
  if (isEnumType(named)) return named.serialize(defaultValue) ?? 'missing';
  return JSON.stringify(defaultValue);
}

function differences(node: DefinitionNode): string[] {
  if (!('name' in node) || node.name === undefined) return [];
  const type = schema.getType(node.name.value);
  if (type === undefined) return [`${node.name.value} is missing`];
  switch (node.kind) {
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_DEFINITION:
      return fieldDifferences(
        type,
        node.fields ?? [],
        (node.interfaces ?? []).map(({ name }) => name.value),
      );
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      return inputDifferences(type, node.fields ?? []);
    case Kind.ENUM_TYPE_DEFINITION:
      return missingFrom(
        isEnumType(type) ? type.getValues().map(({ name }) => name) : [],
        (node.values ?? []).map(({ name }) => name.value),
      );
    case Kind.UNION_TYPE_DEFINITION:
      return missingFrom(
        isUnionType(type) ? type.getTypes().map(({ name }) => name) : [],
        (node.types ?? []).map(({ name }) => name.value),
      );
    default:
      return [];
  }
}

function missingFrom(actual: readonly string[], expected: readonly string[]): string[] {
  return expected.filter((name) => !actual.includes(name)).map((name) => `${name} is missing`);
}

function fieldDifferences(type: GraphQLNamedType, expected: readonly FieldDefinitionNode[], interfaces: readonly string[]): string[] {
  if (!isObjectType(type) && !isInterfaceType(type)) return [`${type.name} is of another kind`];
  const fields = type.getFields();
  const implemented = missingFrom(
    type.getInterfaces().map(({ name }) => name),
    interfaces,
  );
  const different = expected.flatMap((node) => {
    const field = fields[node.name.value];
    if (field === undefined) return [`${type.name}.${node.name.value} is missing`];
    const args = (node.arguments ?? []).map(({ name }) => actualValue(field.args.find((argument) => argument.name === name.value)));
    const actual = `${field.name}(${args.join(', ')}): ${field.type.toString()}`;
    return actual === promisedField(node) ? [] : [`${type.name}.${actual} instead of ${promisedField(node)}`];
  });
  return [...implemented, ...different];
}

function inputDifferences(type: GraphQLNamedType, expected: readonly InputValueDefinitionNode[]): string[] {
  if (!isInputObjectType(type)) return [`${type.name} is of another kind`];
  const fields = type.getFields();
  const different = expected.flatMap((node) => {
    const actual = actualValue(fields[node.name.value]);
    return actual === promisedValue(node) ? [] : [`${type.name}.${actual} instead of ${promisedValue(node)}`];
  });
  const known = expected.map(({ name }) => name.value);
  const demanded = Object.values(fields).filter(
    ({ name, type: fieldType, defaultValue }) => !known.includes(name) && fieldType.toString().endsWith('!') && defaultValue === undefined,
  );
  return [...different, ...demanded.map(({ name }) => `${type.name}.${name} is demanded, and was not promised`)];
}

describe('the public contract', () => {
  it.each(promised.map((node) => ['name' in node ? (node.name?.value ?? '') : '', node] as const))('%s is as promised', (_name, node) => {
    expect(differences(node)).toEqual([]);
  });

  it('shows every clause with the fields that it was proposed with', () => {
    const inputs = Object.values(schema.getTypeMap()).filter((type) => isInputObjectType(type) && /.ClauseInput$/.test(type.name));
    const missing = inputs.flatMap((input) => {
      const output = schema.getType(input.name.replace(/Input$/, ''));
      const shown = isObjectType(output) ? Object.keys(output.getFields()) : [];
      return isInputObjectType(input) ? missingFrom(shown, Object.keys(input.getFields())).map((what) => `${input.name}: ${what}`) : [];
    });
    expect(inputs.length).toBeGreaterThan(0);
    expect(missing).toEqual([]);
  });
});
