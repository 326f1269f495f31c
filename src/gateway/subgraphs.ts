import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  parse,
  printType,
} from 'graphql';
import { createResolversMap } from 'type-graphql';
import type { Context } from '../platform/graphql/context.ts';
import { fieldOwners } from './field-owners.ts';
import { readReference } from './nodes.ts';
import { buildGatewaySchema, DOMAINS, type Domains } from './schema.ts';
import { keyOf, planSubgraphs, type Subgraph } from './subgraph-plan.ts';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])';
const ROOTS = ['Query', 'Mutation', 'Subscription'];

interface Federation {
  readonly schema: GraphQLSchema;
  readonly subgraphs: readonly Subgraph[];
}

function federate(domains: Domains): Federation {
  const schema = buildGatewaySchema(domains);
  const names = Object.keys(domains).filter((name) => domains[name]?.length !== 0);
  return { schema, subgraphs: planSubgraphs(schema, names, fieldOwners(domains)) };
}

/** The schema of every domain as a subgraph of Federation 2, by its name. */
export function printSubgraphs(domains: Domains = DOMAINS): Record<string, string> {
  const { subgraphs } = federate(domains);
  return Object.fromEntries(subgraphs.map((subgraph) => [subgraph.domain, print(subgraph, subgraphs)]));
}

/** The supergraph of all domains; it throws what the composition objects to. */
export function composeSupergraph(domains: Domains = DOMAINS): string {
  const services = Object.entries(printSubgraphs(domains)).map(([name, sdl]) => ({
    name,
    url: `http://${name}/graphql`,
    typeDefs: parse(sdl),
  }));
  const { supergraphSdl, errors } = composeServices(services);
  if (errors !== undefined) throw new AggregateError(errors, errors.map(({ message }) => message).join('\n'));
  return supergraphSdl;
}

/** One domain alone, ready to execute: what a router in front of separate servers would ask it. */
export function buildSubgraph(name: string, domains: Domains = DOMAINS): GraphQLSchema {
  const { schema, subgraphs } = federate(domains);
  const subgraph = subgraphs.find(({ domain }) => domain === name);
  if (subgraph === undefined) throw new Error(`there is no domain ${name}`);
  const all: object = createResolversMap(schema);
  const resolvers = Object.entries(all).flatMap(([name, ofType]) => {
    const type = subgraph.types.get(name);
    return type === undefined ? [] : [[name, isObjectType(type) ? resolversOf(type, subgraph, ofType) : ofType] as const];
  });
  return buildSubgraphSchema({ typeDefs: parse(print(subgraph, subgraphs)), resolvers: Object.fromEntries(resolvers) });
}

/** The resolvers of the fields that the subgraph shows, and the way in from other subgraphs. */
function resolversOf(type: GraphQLObjectType, subgraph: Subgraph, resolvers: object) {
  const fields = type.getFields();
  const kept = Object.fromEntries(Object.entries(resolvers).filter(([name]) => name in fields));
  return subgraph.continued.has(type.name) ? { ...kept, __resolveReference: referenceReader(type.name) } : kept;
}

function referenceReader(typeName: string) {
  return (reference: Readonly<Record<string, unknown>>, context: Context): Promise<object | undefined> =>
    readReference(context, typeName, reference);
}

function print(subgraph: Subgraph, all: readonly Subgraph[]): string {
  const types = [...subgraph.types.values()].filter((type) => !(isScalarType(type) && isSpecifiedScalarType(type)));
  const inOrder = types.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return `${[LINK, ...inOrder.map((type) => printWithDirectives(type, subgraph, all))].join('\n\n')}\n`;
}

function printWithDirectives(type: GraphQLNamedType, subgraph: Subgraph, all: readonly Subgraph[]): string {
  const directive = directiveOf(type, subgraph, all);
  const printed = printType(type);
  return directive === undefined
    ? printed
    : printed.replace(new RegExp(`^type ${type.name}\\b([^{\\n]*) \\{`, 'm'), `type ${type.name}$1 ${directive} {`);
}

function directiveOf(type: GraphQLNamedType, subgraph: Subgraph, all: readonly Subgraph[]): string | undefined {
  if (!isObjectType(type) || ROOTS.includes(type.name)) return undefined;
  const key = keyOf(type);
  if (key !== undefined) return subgraph.continued.has(type.name) ? `@key(fields: "${key}")` : `@key(fields: "${key}", resolvable: false)`;
  return all.filter(({ types }) => types.has(type.name)).length > 1 ? '@shareable' : undefined;
}
