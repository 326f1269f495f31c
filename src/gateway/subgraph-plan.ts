import {
  type GraphQLField,
  type GraphQLNamedType,
  GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from 'graphql';
import type { FieldOwners } from './field-owners.ts';

/** One domain's part of the schema. Entities of another domain appear with their key and the fields added here. */
export interface Subgraph {
  readonly domain: string;
  readonly types: ReadonlyMap<string, GraphQLNamedType>;
  /** Entities of which this subgraph answers more than the key. */
  readonly continued: ReadonlySet<string>;
}

/** Entities without an id of their own, and the field that identifies them. */
const OTHER_KEYS: Readonly<Record<string, string>> = { Program: 'code' };
const ROOTS = ['Query', 'Mutation', 'Subscription'];

/** The field that identifies an entity; undefined for a plain value. */
export function keyOf(type: GraphQLNamedType): string | undefined {
  if (!isObjectType(type)) return undefined;
  return OTHER_KEYS[type.name] ?? (type.getInterfaces().some(({ name }) => name === 'Node') ? 'id' : undefined);
}

/**
 * Cuts the schema along the domains. An entity belongs to the first domain, in their order, that reaches it: a later
 * domain may add fields to it. Values, such as money and payloads, stand whole wherever they are used.
 */
export function planSubgraphs(schema: GraphQLSchema, domains: readonly string[], owners: FieldOwners): Subgraph[] {
  const ownerOfEntity = new Map<string, string>();
  for (const domain of domains) new Cut(schema, domain, owners, ownerOfEntity).types();
  return domains.map((domain) => {
    const cut = new Cut(schema, domain, owners, ownerOfEntity, { possibleTypes: true });
    return { domain, types: cut.types(), continued: cut.continued };
  });
}

class Cut {
  readonly continued = new Set<string>();
  readonly #shown = new Map<string, GraphQLNamedType>();
  readonly #schema: GraphQLSchema;
  readonly #domain: string;
  readonly #owners: FieldOwners;
  readonly #ownerOfEntity: Map<string, string>;
  /** Whether a field that answers an interface shows every type that implements it; nobody comes to own one that way. */
  readonly #possibleTypes: boolean;

  constructor(
    schema: GraphQLSchema,
    domain: string,
    owners: FieldOwners,
    ownerOfEntity: Map<string, string>,
    { possibleTypes = false } = {},
  ) {
    this.#possibleTypes = possibleTypes;
    this.#schema = schema;
    this.#domain = domain;
    this.#owners = owners;
    this.#ownerOfEntity = ownerOfEntity;
  }

  types(): Map<string, GraphQLNamedType> {
    const answered = [...this.#owners]
      .filter(([, domain]) => domain === this.#domain)
      .map(([coordinate]) => coordinate.split('.', 1)[0] ?? '');
    for (const name of new Set(answered)) {
      const type = this.#schema.getType(name);
      if (type !== undefined) this.#show(type);
    }
    return this.#shown;
  }

  #show(type: GraphQLNamedType): void {
    if (this.#shown.has(type.name)) return;
    this.#shown.set(type.name, type);
    if (isObjectType(type)) this.#showObject(type);
    else if (isUnionType(type)) this.#showAll(type.getTypes());
    else if (isInterfaceType(type)) this.#showFields(Object.values(type.getFields()));
    else if (isInputObjectType(type)) this.#showAll(Object.values(type.getFields()).map((field) => getNamedType(field.type)));
  }

  #showAll(types: readonly GraphQLNamedType[]): void {
    for (const type of types) this.#show(type);
  }

  #showObject(type: GraphQLObjectType): void {
    const fields = Object.values(type.getFields()).filter((field) => this.#answers(type, field));
    if (keyOf(type) !== undefined && fields.length > 1) this.continued.add(type.name);
    const config = type.toConfig();
    const kept = new Set(fields.map(({ name }) => name));
    const narrowed = Object.fromEntries(Object.entries(config.fields).filter(([name]) => kept.has(name)));
    this.#shown.set(type.name, new GraphQLObjectType({ ...config, fields: narrowed }));
    this.#showAll(type.getInterfaces());
    this.#showFields(fields);
  }

  #answers(type: GraphQLObjectType, { name }: GraphQLField<unknown, unknown>): boolean {
    const answering = this.#owners.get(`${type.name}.${name}`);
    if (ROOTS.includes(type.name)) return answering === this.#domain;
    const key = keyOf(type);
    if (key === undefined || key === name || answering === this.#domain) return true;
    return answering === undefined && this.#ownerOf(type.name) === this.#domain;
  }

  #ownerOf(entity: string): string {
    const owner = this.#ownerOfEntity.get(entity) ?? this.#domain;
    this.#ownerOfEntity.set(entity, owner);
    return owner;
  }

  #showFields(fields: readonly GraphQLField<unknown, unknown>[]): void {
    for (const field of fields) {
      const type = getNamedType(field.type);
      this.#show(type);
      if (this.#possibleTypes && isInterfaceType(type)) this.#showAll(this.#schema.getPossibleTypes(type));
      this.#showAll(field.args.map((argument) => getNamedType(argument.type)));
    }
  }
}
