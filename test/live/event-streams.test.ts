import { createClient } from 'graphql-sse';
import { serve, type TestApp } from '../support/app.ts';
import { cny, type Nova, operation, startNova } from '../support/coalition.ts';
import { until } from '../support/follow.ts';

let nova: Nova;
beforeAll(async () => {
  nova = await startNova();
});
afterAll(() => nova.stop());

interface Change {
  currency: { code: string };
  version: string;
  available: number;
  resync: boolean;
}

/** Follows over server-sent events with their own client. */
function listen(url: string, token: string, variables: Record<string, unknown> = {}, query = operation('balance-changed')) {
  const client = createClient({ url: `${url}/graphql`, headers: { authorization: `Bearer ${token}` }, retryAttempts: 0 });
  const seen: Change[] = [];
  const errors: unknown[] = [];
  const ended = new Promise<string>((resolve) => {
    client.subscribe<{ balanceChanged: Change }>(
      { query, variables },
      {
        next: ({ data, errors: refused }) => {
          if (data?.balanceChanged) seen.push(data.balanceChanged);
          errors.push(...(refused ?? []));
        },
        error: (error) => {
          errors.push(error);
          resolve('error');
        },
        complete: () => resolve('complete'),
      },
    );
  });
  return { seen, errors, ended, dispose: () => client.dispose() };
}

const ask = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${nova.app.httpUrl}/graphql`, {
    method: 'POST',
    headers: { accept: 'text/event-stream', 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

test('clients without sockets follow balances over server-sent events: a snapshot, every change, and a replay after coming back', async () => {
  const member = await nova.enrol();
  const token = await nova.app.token({ role: 'MEMBER', member: member.id });
  const first = listen(nova.app.httpUrl, token);
  await until(() => first.seen.length === 3);
  expect(first.seen.every(({ resync, version }) => resync && version === '0')).toBe(true);
  for (let at = 0; at < 3; at += 1) await nova.earn('AERO', member, { amount: cny('10.00') });
  await until(() => first.seen.length === 6);
  expect(first.seen.slice(3).map(({ version, available }) => [version, available])).toEqual([
    ['1', 100],
    ['2', 200],
    ['3', 300],
  ]);
  first.dispose();
  const again = listen(nova.app.httpUrl, token, { after: [{ currency: 'APT', version: '1' }] });
  await until(() => again.seen.length === 4);
  expect(again.seen.filter(({ currency }) => currency.code === 'APT').map(({ version }) => version)).toEqual(['2', '3']);
  again.dispose();
});

test('a stream answers a query with one result and ends', async () => {
  const response = await ask({ query: '{ program { code } }' }, { authorization: `Bearer ${nova.operator}` });
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(await response.text()).toMatch(/^event: next\ndata: \{"data":\{"program":\{"code":"\w+"\}\}\}\n\nevent: complete\ndata:\n\n$/);
});

test('what is wrong with a request of a stream is said with a status', async () => {
  const authorization = { authorization: `Bearer ${nova.operator}` };
  for (const [body, code] of [
    [{ query: 'subscription {' }, 'GRAPHQL_PARSE_FAILED'],
    [{ query: 'subscription { nothing }' }, 'GRAPHQL_VALIDATION_FAILED'],
    [{ query: 1 }, 'BAD_USER_INPUT'],
    [[], 'BAD_USER_INPUT'],
  ] as const) {
    const response = await ask(body, authorization);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code } }] });
  }
  expect((await ask({ query: '{ program { code } }' }, { authorization: 'Bearer nonsense' })).status).toBe(401);
  const refused = listen(nova.app.httpUrl, await nova.token('AERO'));
  expect(await refused.ended).toBe('complete');
  expect(refused.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});

test('a server that stops ends its streams, and a client goes on at another one', async () => {
  const stopping: TestApp = await serve(nova.app.url);
  const member = await nova.enrol();
  const token = await nova.app.token({ role: 'MEMBER', member: member.id });
  const first = listen(stopping.httpUrl, token);
  await until(() => first.seen.length === 3);
  await stopping.stop();
  await first.ended;
  await nova.earn('AERO', member, { amount: cny('10.00') });
  const again = listen(nova.app.httpUrl, token, { after: [{ currency: 'APT', version: '0' }] });
  await until(() => again.seen.some(({ version }) => version === '1'));
  again.dispose();
});
