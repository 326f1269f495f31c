import {
  GraphQLError,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { getMetadataStorage } from 'type-graphql';
import { createDocuments } from '../../src/gateway/documents.ts';
import { LIMITS, limitRules } from '../../src/gateway/limits.ts';
import { NODES } from '../../src/gateway/nodes.ts';
import { PUBLIC_FIELDS } from '../../src/gateway/root-rights.ts';
import { buildGatewaySchema, printGatewaySchema } from '../../src/gateway/schema.ts';

const schema = buildGatewaySchema();
const types = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type));
const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].filter((type) => isObjectType(type));
const isRoot = (type: GraphQLNamedType): boolean => roots.some((root) => root === type);

/** Whether a root resolver turns away a request without a token before it does anything. */
function turnsAway(resolve: unknown): boolean {
  try {
    if (typeof resolve === 'function') resolve({}, {}, { viewer: { role: 'ANONYMOUS' } }, {});
    return false;
  } catch (error) {
    return error instanceof GraphQLError && error.extensions.code === 'UNAUTHENTICATED';
  }
}

/** Coordinates of everything that says nothing about itself. */
function undescribed(type: GraphQLNamedType): string[] {
  const parts: { name: string; description?: string | null | undefined }[] = [];
  if (!isRoot(type) && !('ofType' in type)) parts.push({ name: type.name, description: type.description });
  if (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)) {
    for (const field of Object.values(type.getFields())) {
      parts.push({ name: `${type.name}.${field.name}`, description: field.description });
      if ('args' in field)
        for (const arg of field.args) parts.push({ name: `${type.name}.${field.name}(${arg.name}:)`, description: arg.description });
    }
  }
  if (isEnumType(type))
    for (const value of type.getValues()) parts.push({ name: `${type.name}.${value.name}`, description: value.description });
  return parts.filter(({ description }) => !description?.trim()).map(({ name }) => name);
}

describe('the schema', () => {
  it('describes every type, field, argument and value', () => {
    expect(types.filter((type) => !isSpecifiedScalarType(type)).flatMap(undescribed)).toEqual([]);
  });

  it('says of every root field who may use it', () => {
    const silent = roots.flatMap((root) =>
      Object.values(root.getFields())
        .filter(({ description }) => !/OPERATOR|PARTNER|MEMBER|PUBLIC|Anybody/.test(description ?? ''))
        .map(({ name }) => name),
    );
    expect(silent).toEqual([]);
  });

  it.each(roots.map((root) => root.name))('closes every field of %s to requests without a token, but the public ones', (name) => {
    const root = schema.getType(name);
    const fields = isObjectType(root) ? Object.values(root.getFields()) : [];
    const closed = fields.filter((field) => !PUBLIC_FIELDS.has(field.name));
    expect(closed.filter(({ resolve, subscribe }) => !turnsAway(subscribe ?? resolve)).map((field) => field.name)).toEqual([]);
  });

  it('has error codes that begin with "Returned when"', () => {
    const codes = schema.getType('ErrorCode');
    expect(isEnumType(codes) ? codes.getValues().filter(({ description }) => !description?.startsWith('Returned when')) : codes).toEqual(
      [],
    );
  });

  it('has no rights on single fields, which cost every row of a list', () => {
    const { authorizedFields, authorizedResolver, middlewares, resolverMiddlewares } = getMetadataStorage();
    expect([authorizedFields, authorizedResolver, middlewares, resolverMiddlewares]).toEqual([[], [], [], []]);
  });

  it('pages every connection in both directions', () => {
    const fields = types.flatMap((type) => (isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : []));
    const connections = fields.filter(({ type }) => /Connection!?$/.test(type.toString()));
    const incomplete = connections.filter(
      ({ args }) => !['first', 'after', 'last', 'before'].every((name) => args.some((arg) => arg.name === name)),
    );
    expect(incomplete.map(({ name, type }) => `${name}: ${type.toString()}`)).toEqual([]);
  });

  it('prints the same text however often it is built', () => {
    expect(printGatewaySchema()).toBe(printGatewaySchema());
  });
});

describe('a node', () => {
  it('can be read by its id, whatever its type', () => {
    const node = schema.getType('Node');
    const kinds = isInterfaceType(node) ? schema.getPossibleTypes(node).map(({ name }) => name) : [];
    expect(kinds.filter((name) => !Object.keys(NODES).includes(name))).toEqual([]);
  });
});

describe('the limits', () => {
  it('leave room for a dashboard of fifty fields', () => {
    const { check } = createDocuments(schema, limitRules({ introspection: true }));
    const fields = Array.from({ length: LIMITS.aliases }, (_, no) => `a${no}: __typename`).join(' ');
    expect(check(`{ ${fields} }`)).toHaveProperty('document');
  });
});
