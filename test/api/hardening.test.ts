import { getIntrospectionQuery } from 'graphql';
import { type Answer, ask, bearer, type Doors, PRODUCTION, post, startDoors } from './gateway-under-test.ts';

let doors: Doors;
let headers: Record<string, string>;

beforeAll(async () => {
  doors = await startDoors(PRODUCTION);
  headers = bearer(await doors.token({ role: 'OPERATOR' }));
});

afterAll(() => doors.stop());

function expectClosed(answer: Answer): void {
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  expect(answer.errors?.length).toBeGreaterThan(0);
  expect(answer.text).not.toMatch(/stack|node_modules|\.ts:|Did you mean/);
}

const times = (count: number, part: (no: number) => string): string => Array.from({ length: count }, (_, no) => part(no)).join(' ');

const FLOODS: readonly [string, unknown][] = [
  ['101 aliases', { query: `{ ${times(101, (no) => `a${no}: quoteAccrual`)} }` }],
  ['500 times the same field', { query: `{ ${times(500, () => 'quoteAccrual')} }` }],
  ['500 times __typename', { query: `{ ${times(500, () => '__typename')} }` }],
  ['200 directives', { query: `{ quoteAccrual ${times(200, () => '@include(if: true)')} }` }],
  ['200 unknown directives', { query: `{ quoteAccrual ${times(200, () => '@aa')} }` }],
  ['200 fragments within one another', { query: `${times(200, () => '{ ... on Query')} { quoteAccrual ${times(200, () => '}')} }` }],
  [
    '200 named fragments in a chain',
    { query: `{ ...F0 } ${times(199, (no) => `fragment F${no} on Query { ...F${no + 1} }`)} fragment F199 on Query { quoteAccrual }` },
  ],
  ['a fragment that spreads itself', { query: '{ ...F } fragment F on Query { ...F }' }],
  ['a document of 1 MB', { query: `{ quoteAccrual } #${'x'.repeat(1_000_000)}` }],
  ['a document of 20,000 tokens', { query: `{ ${times(20_000, () => 'x')} }` }],
  ['a body of 3 MB', { query: '{ quoteAccrual }', variables: { x: 'x'.repeat(3_000_000) } }],
  ['50 errors at once', { query: `{ ${times(50, (no) => `unknown${no}`)} }` }],
  [
    'an answer of a million objects',
    {
      query:
        '{ shops(first: 100) { edges { node { neighbours(first: 100) { edges { node { neighbours(first: 100) { edges { node { id } } } } } } } } } }',
    },
  ],
  [
    'lists nested 100 levels deep in a variable',
    `{"query":"query($x: Int) { quoteAccrual }","variables":{"x":${'['.repeat(100)}${']'.repeat(100)}}}`,
  ],
  [
    'lists nested 100,000 levels deep in a variable',
    `{"query":"query($x: Int) { quoteAccrual }","variables":{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`,
  ],
  ['a batch of requests', [{ query: '{ quoteAccrual }' }, { query: '{ quoteAccrual }' }]],
  ['an empty batch', []],
];

describe('in production', () => {
  it.each(FLOODS)('refuses %s', async (_name, body) => {
    expectClosed(await post(doors.url, body, headers));
    expectClosed(await post(doors.url, body, { ...headers, accept: 'application/graphql-response+json' }));
  });

  it('names at most a handful of errors', async () => {
    const { errors } = await post(doors.url, { query: `{ ${times(50, (no) => `unknown${no}`)} }` }, headers);
    expect(errors?.length).toBeLessThanOrEqual(6);
  });

  it('does not suggest names', async () => {
    const { errors, text } = await post(doors.url, { query: '{ quoteAccrua }' }, headers);
    expect(errors?.[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(text).not.toContain('quoteAccrual');
  });

  it('does not tell the schema', async () => {
    expectClosed(await post(doors.url, { query: getIntrospectionQuery() }, headers));
    expectClosed(await post(doors.url, { query: '{ __type(name: "Query") { name } }' }, headers));
  });

  it('serves no page to browsers', async () => {
    expectClosed(await ask(doors.url, { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } }));
    expectClosed(await ask(`${doors.origin}/graphql/editor/ruru.js`, {}));
  });

  it('refuses requests that a page of another site could send', async () => {
    const query = new URLSearchParams({ query: '{ quoteAccrual }' }).toString();
    const body = JSON.stringify({ query: '{ quoteAccrual }' });
    expectClosed(await ask(`${doors.url}?${query}`, { headers: { accept: '*/*', origin: 'https://evil.example' } }));
    expectClosed(
      await ask(`${doors.url}?${query}`, {
        headers: { accept: 'image/avif,image/webp,*/*', 'sec-fetch-mode': 'no-cors' },
        mode: 'no-cors',
      }),
    );
    expectClosed(await ask(doors.url, { method: 'POST', body, headers: { 'content-type': 'text/plain' } }));
    expectClosed(await ask(doors.url, { method: 'POST', body: query, headers: { 'content-type': 'application/x-www-form-urlencoded' } }));
    expectClosed(await ask(doors.url, { method: 'POST', body: '--x--', headers: { 'content-type': 'multipart/form-data; boundary=x' } }));
  });

  it('refuses mutations by GET', async () => {
    const query = new URLSearchParams({ query: 'mutation { addPoints(input: { points: 1 }) }' }).toString();
    const answer = await ask(`${doors.url}?${query}`, { headers: { ...headers, accept: 'application/json' } });
    expectClosed(answer);
    expect(answer.status).toBe(405);
  });

  it('lets no other site read its answers', async () => {
    const answer = await post(doors.url, { query: '{ quoteAccrual }' }, { origin: 'https://evil.example' });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    const preflight = await ask(doors.url, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('takes a thousand items as variables', async () => {
    const inputs = Array.from({ length: 1_000 }, (_, points) => ({ points }));
    const { data } = await post(
      doors.url,
      { query: 'mutation($inputs: [AddPointsInput!]!) { addMany(inputs: $inputs) }', variables: { inputs } },
      headers,
    );
    expect(data).toEqual({ addMany: 1_000 });
  });
});
