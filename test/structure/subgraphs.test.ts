import { composeServices as composeIndependently } from '@theguild/federation-composition';
import { type ExecutionResult, type GraphQLSchema, graphql, parse } from 'graphql';
import { DOMAINS, type Domains } from '../../src/gateway/schema.ts';
import { buildSubgraph, composeSupergraph, printSubgraphs } from '../../src/gateway/subgraphs.ts';
import { STAND_IN_DOMAINS } from './stand-in-domains.ts';

const ask = (schema: GraphQLSchema, source: string, viewer: object = { role: 'OPERATOR', subject: 'operator' }): Promise<ExecutionResult> =>
  graphql({ schema, source, contextValue: { viewer } });

function independently(domains: Domains): readonly string[] {
  const services = Object.entries(printSubgraphs(domains)).map(([name, sdl]) => ({ name, typeDefs: parse(sdl) }));
  return composeIndependently(services).errors?.map(({ message }) => message) ?? [];
}

describe.each<[string, Domains]>([
  ['two small domains', STAND_IN_DOMAINS],
  ['the domains of the house', DOMAINS],
])('%s', (_name, domains) => {
  it('compose into a supergraph', () => {
    expect(composeSupergraph(domains)).toContain('@join__graph');
  });

  it('compose by an independent implementation, too', () => {
    expect(independently(domains)).toEqual([]);
  });

  it('answer each on its own', async () => {
    for (const name of Object.keys(domains)) {
      const { data, errors } = await ask(buildSubgraph(name, domains), '{ __typename _service { sdl } }');
      expect([name, errors, data?.__typename]).toEqual([name, undefined, 'Query']);
    }
  });
});

describe('a subgraph', () => {
  it('answers its own fields, and adds to what another domain owns', async () => {
    const id = `ptr_${'1'.repeat(32)}`;
    expect(await ask(buildSubgraph('brands', STAND_IN_DOMAINS), '{ brand { name price { minor } } }')).toEqual({
      data: { brand: { name: 'Brand', price: { minor: '100' } } },
    });
    const wages = buildSubgraph('wages', STAND_IN_DOMAINS);
    const added = await ask(
      wages,
      `{ _entities(representations: [{ __typename: "Brand", id: "${id}" }]) { ... on Brand { id wages { edges { node { id amount { minor } } } } } } }`,
    );
    expect(added.errors).toBeUndefined();
    expect(added.data).toMatchObject({ _entities: [{ id, wages: { edges: [{ node: { amount: { minor: '100' } } }] } }] });
    expect((await ask(wages, '{ brand { name } }')).errors).toHaveLength(1);
  });

  it('keeps its rights', async () => {
    const { errors } = await ask(buildSubgraph('brands', STAND_IN_DOMAINS), '{ brand { name } }', { role: 'ANONYMOUS' });
    expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });
});
