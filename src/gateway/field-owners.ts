import { getMetadataStorage } from 'type-graphql';
import type { Domains, ResolverClass } from './schema.ts';

/** The domain that answers each field that some resolver class answers, by coordinate: `Partner.exposure`. */
export type FieldOwners = ReadonlyMap<string, string>;

export function fieldOwners(domains: Domains): FieldOwners {
  const owned = Object.entries(domains).flatMap(([domain, resolvers]) =>
    coordinatesOf(resolvers).map((coordinate) => [coordinate, domain] as const),
  );
  return new Map(owned);
}

function coordinatesOf(resolvers: readonly ResolverClass[]): string[] {
  const storage = getMetadataStorage();
  const isOurs = ({ target }: { readonly target: unknown }): boolean => resolvers.some((resolver) => resolver === target);
  return [
    ...storage.queries.filter(isOurs).map(({ schemaName }) => `Query.${schemaName}`),
    ...storage.mutations.filter(isOurs).map(({ schemaName }) => `Mutation.${schemaName}`),
    ...storage.subscriptions.filter(isOurs).map(({ schemaName }) => `Subscription.${schemaName}`),
    ...storage.fieldResolvers.filter(isOurs).map(({ target, schemaName }) => `${typeNameOf(target)}.${schemaName}`),
  ];
}

/** The object type that a resolver class adds fields to: `@Resolver(() => PartnerType)`. */
function typeNameOf(resolver: unknown): string {
  const storage = getMetadataStorage();
  const extended = storage.resolverClasses.find(({ target }) => target === resolver)?.getObjectType();
  const name = storage.objectTypes.find(({ target }) => target === extended)?.name;
  if (name === undefined) throw new Error('a resolver class with field resolvers names no object type');
  return name;
}
