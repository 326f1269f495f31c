import { auditServer } from 'graphql-http';
import { toPublicId } from '../../src/kernel/ids.ts';
import { serve, startApp, type TestApp } from '../support/app.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startApp();
});

afterAll(() => app.stop());

describe('the whole house', () => {
  it('passes the audits of GraphQL over HTTP', async () => {
    const results = await auditServer({ url: `${app.httpUrl}/graphql` });
    expect(results.filter(({ status }) => status !== 'ok').map(({ id, name }) => `${id} ${name}`)).toEqual([]);
    expect(results).toHaveLength(61);
  });

  it('answers __typename to anybody and the program to those with a token', async () => {
    expect((await app.graphql('{ __typename }')).data).toEqual({ __typename: 'Query' });
    expect((await app.graphql('{ program { code } }')).errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
    const token = await app.token({ role: 'OPERATOR' });
    expect(await app.graphql('{ program { code timeZone openCycle { status } } }', { token })).toMatchObject({
      status: 200,
      data: { program: { code: 'MAIN', timeZone: 'Asia/Shanghai', openCycle: { status: 'OPEN' } } },
    });
  });

  it('accepts at one process the token of another on the same database', async () => {
    const other = await serve(app.url);
    try {
      expect((await other.graphql('{ program { code } }', { token: await app.token({ role: 'OPERATOR' }) })).data.program.code).toBe(
        'MAIN',
      );
    } finally {
      await other.stop();
    }
  });

  it('finds an object by its id, and none by an id that nobody has', async () => {
    const token = await app.token({ role: 'OPERATOR' });
    const { data } = await app.graphql('{ program { openCycle { id } } }', { token });
    const ask = (id: string) =>
      app.graphql('query($id: ID!) { node(id: $id) { __typename id ... on ClearingCycle { status } } }', { token, variables: { id } });
    const { id } = data.program.openCycle;
    expect((await ask(id)).data).toEqual({ node: { __typename: 'ClearingCycle', id, status: 'OPEN' } });
    for (const unknown of [toPublicId('Member', '00000000-0000-0000-0000-000000000000'), 'nonsense', '']) {
      expect(await ask(unknown)).toMatchObject({ data: { node: null }, errors: undefined });
    }
  });
});
