import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { newId, toPublicId } from '../../src/kernel/ids.ts';
import { bearer, type Doors, OPEN, post, startDoors } from './gateway-under-test.ts';

let doors: Doors;

beforeAll(async () => {
  doors = await startDoors();
  await doors.db.rows(
    "insert into partners.partners (id, code, name, roles, created_at) values (gen_random_uuid(), 'CAFE', 'Café', '{ISSUER}', now())",
  );
});

afterAll(() => doors.stop());

const whoAmI = (token: string, at = doors) => post(at.url, { query: '{ whoAmI }' }, bearer(token));

describe('without a token', () => {
  it('only __typename and quoteAccrual answer', async () => {
    expect((await post(doors.url, { query: '{ __typename quoteAccrual }' })).data).toEqual({ __typename: 'Query', quoteAccrual: 42 });
    for (const query of [
      '{ whoAmI }',
      '{ shop(id: "x") { name } }',
      '{ node(id: "x") { id } }',
      'mutation { addPoints(input: { points: 1 }) }',
    ]) {
      const { errors, data } = await post(doors.url, { query: query.replace('{ node(id: "x") { id } }', '{ broken }') });
      expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
      expect(Object.values(data ?? {}).every((value) => value === null)).toBe(true);
    }
  });

  it('what may be answered is answered next to what may not', async () => {
    const { status, data, errors } = await post(doors.url, { query: '{ quoteAccrual broken }' });
    expect([status, data, errors?.[0]?.extensions.code]).toEqual([200, { quoteAccrual: 42, broken: null }, 'UNAUTHENTICATED']);
  });
});

describe('with a token of the sandbox', () => {
  it('the operator, a partner and a member are known', async () => {
    expect((await whoAmI(await doors.token({ role: 'OPERATOR' }))).data).toEqual({ whoAmI: 'OPERATOR' });
    expect((await whoAmI(await doors.token({ role: 'PARTNER', partner: 'CAFE' }))).data).toEqual({ whoAmI: 'PARTNER' });
    expect((await whoAmI(await doors.token({ role: 'MEMBER', member: toPublicId('Member', newId()) }))).data).toEqual({ whoAmI: 'MEMBER' });
  });

  it('a refused token is HTTP 401, whatever is asked', async () => {
    const good = await doors.token({ role: 'OPERATOR' });
    const refused = [
      'nonsense',
      `${good}x`,
      await doors.token({ role: 'OPERATOR' }, -1),
      await doors.token({ role: 'PARTNER', partner: 'NOBODY' }),
      await doors.token({ role: 'MEMBER', member: 'mem_1' }),
      await new SignJWT({ role: 'OPERATOR' })
        .setProtectedHeader({ alg: 'HS256' })
        .setExpirationTime('1h')
        .sign(Buffer.from('another key of more than 32 bytes')),
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"role":"OPERATOR","exp":9999999999}').toString('base64url')}.`,
    ];
    for (const token of refused) {
      const { status, errors } = await post(doors.url, { query: '{ __typename }' }, bearer(token));
      expect([status, errors?.[0]?.extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
    }
    expect((await post(doors.url, { query: '{ __typename }' }, { authorization: 'Basic b3A6' })).status).toBe(401);
  });

  it('a token ends while it is remembered', async () => {
    const token = await doors.token({ role: 'OPERATOR' }, 1);
    expect((await whoAmI(token)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect((await whoAmI(token)).status).toBe(401);
  });
});

describe('outside the sandbox', () => {
  it('a token counts when its issuer signed it for us and it has not expired', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const keys = createServer(
      (_, response) =>
        void exportJWK(publicKey).then((jwk) => response.end(JSON.stringify({ keys: [{ ...jwk, kid: 'k1', alg: 'ES256' }] }))),
    );
    await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve));
    const { port } = keys.address() as AddressInfo;
    const strict = await startDoors({
      ...OPEN,
      sandbox: false,
      jwks: { url: `http://127.0.0.1:${port}/`, issuer: 'https://login.example', audience: 'loyalty' },
    });
    const sign = (claims: { issuer?: string; audience?: string; expires?: string }) =>
      new SignJWT({ role: 'operator' })
        .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
        .setIssuer(claims.issuer ?? 'https://login.example')
        .setAudience(claims.audience ?? 'loyalty')
        .setExpirationTime(claims.expires ?? '1h')
        .sign(privateKey);
    try {
      expect((await whoAmI(await sign({}), strict)).data).toEqual({ whoAmI: 'OPERATOR' });
      for (const wrong of [{ issuer: 'https://other.example' }, { audience: 'other' }, { expires: '-1m' }])
        expect((await whoAmI(await sign(wrong), strict)).status).toBe(401);
      expect((await whoAmI(await strict.token({ role: 'OPERATOR' }), strict)).status).toBe(401);
    } finally {
      await strict.stop();
      keys.close();
    }
  });
});
