import { auditServer } from 'graphql-http';
import { bearer, type Doors, post, startDoors } from './gateway-under-test.ts';

let doors: Doors;

beforeAll(async () => {
  doors = await startDoors();
});

afterAll(() => doors.stop());

async function failedAudits(fetchFn: typeof fetch): Promise<string[]> {
  const results = await auditServer({ url: doors.url, fetchFn });
  expect(results).toHaveLength(61);
  return results
    .filter(({ status }) => status !== 'ok')
    .map((result) => `${result.id} ${result.name}: ${'reason' in result ? result.reason : ''}`);
}

describe('GraphQL over HTTP', () => {
  it('passes all 61 audits of graphql-http with a bearer token', async () => {
    const token = await doors.token({ role: 'OPERATOR' });
    const withToken: typeof fetch = (input, init) => fetch(input, { ...init, headers: { ...init?.headers, ...bearer(token) } });
    expect(await failedAudits(withToken)).toEqual([]);
  });

  it('passes all 61 audits of graphql-http with neither a token nor a header of ours', async () => {
    expect(await failedAudits(fetch)).toEqual([]);
  });

  it('answers a wrong value in a variable as an error of the request', async () => {
    const token = await doors.token({ role: 'OPERATOR' });
    const body = { query: 'mutation($i: AddPointsInput!) { addPoints(input: $i) }', variables: { i: { points: '12' } } };
    const plain = await post(doors.url, body, bearer(token));
    expect([plain.status, plain.errors?.[0]?.extensions.code]).toEqual([200, 'BAD_USER_INPUT']);
    const strict = await post(doors.url, body, { ...bearer(token), accept: 'application/graphql-response+json' });
    expect([strict.status, strict.errors?.[0]?.extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
  });

  it('answers malformed requests in JSON, each with a status of its own', async () => {
    const notJson = await post(doors.url, '{"query":');
    expect([notJson.status, notJson.errors?.[0]?.extensions.code]).toEqual([400, 'BAD_REQUEST']);
    const text = await post(doors.url, '{ __typename }', { 'content-type': 'text/plain' });
    expect([text.status, text.errors?.[0]?.extensions.code]).toEqual([415, 'BAD_REQUEST']);
    const put = await fetch(doors.url, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{}' });
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, POST']);
    const nowhere = await fetch(`${doors.origin}/nowhere`);
    expect([nowhere.status, nowhere.headers.get('content-type')]).toEqual([404, 'application/json; charset=utf-8']);
  });

  it('masks a fault, logs it, and names the request in both', async () => {
    const token = await doors.token({ role: 'OPERATOR' });
    const { errors, text, headers, status } = await post(doors.url, { query: '{ broken }' }, bearer(token));
    expect(status).toBe(200);
    expect(text).not.toContain('hunter2');
    const requestId = errors?.[0]?.extensions.requestId;
    expect(errors?.[0]).toMatchObject({
      message: 'Internal server error',
      path: ['broken'],
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    });
    expect(requestId).toBe(headers.get('x-request-id'));
    expect(doors.logged.some((line) => line.includes('hunter2') && line.includes(String(requestId)))).toBe(true);
  });

  it('pages through a list from both ends', async () => {
    const token = await doors.token({ role: 'OPERATOR' });
    const page = async (args: string) => {
      const { data, errors } = await post(
        doors.url,
        { query: `{ shops(${args}) { edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }` },
        bearer(token),
      );
      return { errors, ...JSON.parse(JSON.stringify(data?.shops ?? {})) };
    };
    const first = await page('first: 3');
    expect(first.edges.map((edge: { node: { name: string } }) => edge.node.name)).toEqual(['Shop 1', 'Shop 2', 'Shop 3']);
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    const last = await page('last: 2');
    expect(last.edges.map((edge: { node: { name: string } }) => edge.node.name)).toEqual(['Shop 6', 'Shop 7']);
    expect(last.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    const middle = await page(`last: 2, before: "${last.pageInfo.startCursor}"`);
    expect(middle.edges.map((edge: { node: { name: string } }) => edge.node.name)).toEqual(['Shop 4', 'Shop 5']);
    expect((await page('first: 101')).errors[0].extensions.code).toBe('BAD_USER_INPUT');
    expect((await page('first: 1, last: 1')).errors[0].extensions.code).toBe('BAD_USER_INPUT');
    expect((await page('after: "x"')).errors[0].extensions.code).toBe('BAD_USER_INPUT');
  });
});

describe('the watchers of the house', () => {
  it('hear that it lives and is ready, and that it is not when the database is gone', async () => {
    expect((await fetch(`${doors.origin}/health/live`)).status).toBe(200);
    expect((await fetch(`${doors.origin}/health/ready`)).status).toBe(200);
    const other = await startDoors();
    await other.loseDatabase();
    expect((await fetch(`${other.origin}/health/live`)).status).toBe(200);
    expect((await fetch(`${other.origin}/health/ready`)).status).toBe(503);
    await other.stop();
  });
});

describe('the editor', () => {
  it('is a page whose parts all come from this host', async () => {
    const page = await fetch(doors.url, { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } });
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const html = await page.text();
    expect(html).not.toMatch(/(src|href|from|import)\s*[=(]?\s*["'](https?:)?\/\//);
    const parts = [...html.matchAll(/["'](\/graphql\/editor\/[\w.]+)["']/g)].map(([, path]) => path);
    expect(parts.length).toBeGreaterThan(1);
    for (const path of parts) expect((await fetch(`${doors.origin}${path}`)).status).toBe(200);
  });
});
