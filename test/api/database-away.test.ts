import { Client } from 'pg';
import { startApp, type TestApp } from '../support/app.ts';

let app: TestApp;
let superuser: Client;
beforeAll(async () => {
  app = await startApp();
  const server = new URL(app.url);
  server.pathname = '/postgres';
  superuser = new Client({ connectionString: server.href });
  await superuser.connect();
});
afterAll(async () => {
  await superuser.end();
  await app.stop();
});

const name = () => new URL(app.url).pathname.slice(1);

async function dropConnections(): Promise<void> {
  await superuser.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name()]);
}

const CREATE = `mutation ($code: String!) {
  createPartner(input: { idempotencyKey: $code, code: $code, name: "Aero", roles: [ISSUER] }) { partner { code } userErrors { code } }
}`;

describe('while the database is away', () => {
  it('a request is answered with a typed error, and works with the same key once the database is back', async () => {
    const token = await app.token({ role: 'OPERATOR' });
    await app.graphql('{ program { code } }', { token });
    await superuser.query(`alter database ${name()} with allow_connections false`);
    await dropConnections();

    const refused = await app.graphql(CREATE, { token, variables: { code: 'AERO' } });
    expect(JSON.stringify(refused)).toContain('SERVICE_UNAVAILABLE');
    expect(JSON.stringify(refused)).toContain('same idempotency key');
    expect((await fetch(new URL('/health/ready', app.httpUrl))).status).toBe(503);
    expect((await fetch(new URL('/health/live', app.httpUrl))).status).toBe(200);

    await superuser.query(`alter database ${name()} with allow_connections true`);
    expect(await app.graphql(CREATE, { token, variables: { code: 'AERO' } })).toMatchObject({
      data: { createPartner: { partner: { code: 'AERO' }, userErrors: [] } },
    });
    expect((await fetch(new URL('/health/ready', app.httpUrl))).status).toBe(200);
  });

  it('a purchase, before which nothing is read, is answered with the same status as all else', async () => {
    const authorization = `Bearer ${await app.token({ role: 'PARTNER', partner: 'AERO' })}`;
    const send = (query: string, variables = {}) =>
      fetch(new URL('/graphql', app.httpUrl), {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', authorization },
        body: JSON.stringify({ query, variables }),
      });
    expect((await send('{ program { code } }')).status).toBe(200);
    await superuser.query(`alter database ${name()} with allow_connections false`);
    await dropConnections();
    const input = { idempotencyKey: 'k', externalId: 'k', member: { cardNumber: '1' }, occurredAt: new Date(), points: 5 };
    const ACCRUE =
      'mutation ($input: AccrueInput!) { accrue(input: $input) { accrual { id } exposure { limit { minor } } userErrors { code } } }';
    const answers = [await send(ACCRUE, { input }), await send('{ program { code } }')];
    await superuser.query(`alter database ${name()} with allow_connections true`);
    for (const answer of answers) {
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
      expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] });
    }
    const again = await send(ACCRUE, { input });
    expect([again.status, await again.json()]).toMatchObject([200, { data: { accrue: { exposure: null, userErrors: [{}] } } }]);
  });

  it('connections that were dropped in the meantime cost nothing but a retry', async () => {
    const token = await app.token({ role: 'OPERATOR' });
    await dropConnections();
    const answers = await Promise.all(Array.from({ length: 5 }, () => app.graphql('{ program { code } }', { token })));
    for (const answer of answers) expect(JSON.stringify(answer)).toMatch(/MAIN|SERVICE_UNAVAILABLE/);
    expect(await app.graphql('{ program { code } }', { token })).toMatchObject({ data: { program: { code: 'MAIN' } } });
  });
});

test('one stalled transaction does not stop the house: others are answered, and who waited for it is served once it is gone', async () => {
  const token = await app.token({ role: 'OPERATOR' });
  const rival = new Client({ connectionString: app.url });
  await rival.connect();
  await rival.query('begin; select from platform.state for update');
  // given as many changes as there are connections, all waiting for the row that is held
  const waiting = Array.from({ length: 8 }, (_, at) => app.graphql(CREATE, { token, variables: { code: `STALLED${at}` } }));
  try {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const started = performance.now();
    const answer = await app.graphql('{ program { code } }', { token });
    expect(JSON.stringify(answer)).toMatch(/MAIN|SERVICE_UNAVAILABLE/);
    expect(performance.now() - started).toBeLessThan(15_000);
  } finally {
    await rival.query('rollback');
    await rival.end();
  }
  for (const [at, created] of (await Promise.all(waiting)).entries())
    expect(created).toMatchObject({ data: { createPartner: { partner: { code: `STALLED${at}` }, userErrors: [] } } });
});
