import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import WebSocket from 'ws';
import { hashOf } from '../../src/gateway/documents.ts';
import { type Answer, ask, bearer, type Doors, OPEN, post, startDoors } from './gateway-under-test.ts';

const WHO = 'query Who { whoAmI }';
const SHOP = 'query Shop($id: ID!) { shop(id: $id) { name } }';
const TICKS = 'subscription Ticks { ticked(until: 2) { no } }';
const STRANGE = 'query Strange { quoteAccrual }';

const directory = mkdtempSync(join(tmpdir(), 'trusted-'));
const file = (name: string, text: string): string => {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
};
const map = file('documents.json', JSON.stringify(Object.fromEntries([WHO, SHOP, TICKS].map((text) => [hashOf(text), text]))));
file('who.graphql', WHO);

let open: Doors;
let closed: Doors;
let headers: Record<string, string>;

beforeAll(async () => {
  open = await startDoors({ ...OPEN, trustedDocuments: map });
  closed = await startDoors({ ...OPEN, trustedDocuments: directory, onlyTrustedDocuments: true });
  headers = bearer(await open.token({ role: 'OPERATOR' }));
});

afterAll(async () => {
  await open.stop();
  await closed.stop();
  rmSync(directory, { recursive: true });
});

const apollo = (text: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: hashOf(text) } } });
const codes = ({ status, errors }: Answer) => [status, ...(errors ?? []).map(({ extensions }) => extensions.code)];

/** What a socket is answered to one subscription or query. */
async function overSocket(doors: Doors, payload: object): Promise<unknown[]> {
  const socket = new WebSocket(doors.wsUrl, ['graphql-transport-ws']);
  await new Promise((resolve) => socket.once('open', resolve));
  const heard: unknown[] = [];
  const token = await doors.token({ role: 'OPERATOR' });
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
  await new Promise<void>((resolve) =>
    socket.on('message', (data) => {
      const message = JSON.parse(String(data));
      if (message.type === 'connection_ack') socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
      else if (message.type === 'complete') resolve();
      else heard.push(message.payload);
      if (message.type === 'error') resolve();
    }),
  );
  socket.close();
  return heard;
}

describe('a document that is trusted', () => {
  it('is named by its hash instead of sent', async () => {
    expect((await post(open.url, { documentId: hashOf(WHO) }, headers)).data).toEqual({ whoAmI: 'OPERATOR' });
    expect((await post(open.url, { documentId: `sha256:${hashOf(WHO)}`, query: '' }, headers)).data).toEqual({ whoAmI: 'OPERATOR' });
    expect((await post(open.url, { ...apollo(SHOP), variables: { id: 'ptr_2' }, operationName: 'Shop' }, headers)).data).toEqual({
      shop: { name: 'Shop 1' },
    });
    expect((await post(open.url, { ...apollo(WHO), query: WHO }, headers)).data).toEqual({ whoAmI: 'OPERATOR' });
  });

  it('also by GET', async () => {
    const json = { ...headers, accept: 'application/json' };
    expect((await ask(`${open.url}?documentId=${hashOf(WHO)}`, { headers: json })).data).toEqual({ whoAmI: 'OPERATOR' });
    const parameters = new URLSearchParams({ extensions: JSON.stringify(apollo(SHOP).extensions), variables: '{"id":"ptr_2"}' });
    expect((await ask(`${open.url}?${parameters}`, { headers: json })).data).toEqual({ shop: { name: 'Shop 1' } });
  });

  it('and on a socket and a stream', async () => {
    expect(await overSocket(open, { query: '', documentId: hashOf(TICKS) })).toEqual([
      { data: { ticked: { no: 1 } } },
      { data: { ticked: { no: 2 } } },
    ]);
    expect(await overSocket(open, { query: '', ...apollo(WHO) })).toEqual([{ data: { whoAmI: 'OPERATOR' } }]);
    const { text } = await post(open.url, { documentId: hashOf(TICKS) }, { ...headers, accept: 'text/event-stream' });
    expect(text).toContain('data: {"data":{"ticked":{"no":2}}}');
  });

  it('has no more rights for that', async () => {
    expect(codes(await post(open.url, { documentId: hashOf(WHO) }))).toEqual([401, 'UNAUTHENTICATED']);
  });
});

describe('any other document', () => {
  it('is executed, and asked for where only its hash was sent', async () => {
    expect((await post(open.url, { query: STRANGE })).data).toEqual({ quoteAccrual: 42 });
    expect((await post(open.url, { query: STRANGE, ...apollo(STRANGE) })).data).toEqual({ quoteAccrual: 42 });
    expect(codes(await post(open.url, apollo(STRANGE)))).toEqual([200, 'PERSISTED_QUERY_NOT_FOUND']);
    expect(codes(await post(open.url, { documentId: 'x' }))).toEqual([200, 'PERSISTED_QUERY_NOT_FOUND']);
    expect(await overSocket(open, { query: '', documentId: 'x' })).toMatchObject([[{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }]]);
  });

  it('is not taken for one whose hash stands beside it', async () => {
    expect(codes(await post(open.url, { query: STRANGE, documentId: hashOf(WHO) }, headers))).toEqual([400, 'BAD_REQUEST']);
  });

  it('is refused where only trusted ones are executed', async () => {
    const refused = [400, 'DOCUMENT_NOT_TRUSTED'];
    expect((await post(closed.url, { query: WHO }, bearer(await closed.token({ role: 'OPERATOR' })))).data).toEqual({ whoAmI: 'OPERATOR' });
    expect(codes(await post(closed.url, { query: STRANGE }))).toEqual(refused);
    expect(codes(await post(closed.url, { query: `${WHO} ` }))).toEqual(refused);
    expect(codes(await post(closed.url, { query: STRANGE, ...apollo(STRANGE) }))).toEqual(refused);
    expect(codes(await post(closed.url, { documentId: hashOf(STRANGE) }))).toEqual(refused);
    const url = `${closed.url}?query=${encodeURIComponent(STRANGE)}`;
    expect(codes(await ask(url, { headers: { accept: 'application/json' } }))).toEqual(refused);
    expect(codes(await post(closed.url, { query: STRANGE }, { accept: 'text/event-stream' }))).toEqual(refused);
    expect(await overSocket(closed, { query: STRANGE })).toMatchObject([[{ extensions: { code: 'DOCUMENT_NOT_TRUSTED' } }]]);
    expect(await overSocket(closed, { query: WHO })).toEqual([{ data: { whoAmI: 'OPERATOR' } }]);
  });
});

describe('the start ends with a message', () => {
  const invalid = 'query Wrong { nothing }';
  it.each([
    [
      'for a document that the schema refuses',
      { [hashOf(invalid)]: invalid },
      /^TRUSTED_DOCUMENTS: \w{64} is refused: Cannot query field "nothing"/,
    ],
    ['for one under the hash of another', { [hashOf(SHOP)]: WHO }, `is ${hashOf(WHO)}.`],
    ['for a file of another form', [WHO], 'an object of JSON that names texts'],
  ])('%s', async (_what, content, message) => {
    const starting = startDoors({ ...OPEN, trustedDocuments: file('wrong.json', JSON.stringify(content)) });
    const { message: said, cause } = await starting.then(
      () => new Error('it started'),
      (error: Error) => error,
    );
    expect([said, cause instanceof Error ? cause.message : ''].join(' ')).toMatch(message);
  });

  it('for a file that is not there', async () => {
    await expect(startDoors({ ...OPEN, trustedDocuments: join(directory, 'none.json') })).rejects.toThrow('none.json" cannot be read');
  });
});
