import { setTimeout as pause } from 'node:timers/promises';
import WebSocket from 'ws';
import { bearer, type Doors, startDoors } from './gateway-under-test.ts';
import { openTicks } from './stand-in.resolver.ts';

let doors: Doors;
let token: string;

beforeAll(async () => {
  doors = await startDoors();
  token = await doors.token({ role: 'OPERATOR' });
});

afterAll(() => doors.stop());

interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** One socket, and what arrives on it in order. */
class Client {
  readonly #socket: WebSocket;
  readonly #inbox: Message[] = [];
  readonly #closed: Promise<{ code: number; reason: string }>;
  #wake: () => void = () => undefined;

  constructor(protocols: readonly string[], url = doors.wsUrl) {
    this.#socket = new WebSocket(url, [...protocols]);
    this.#socket.on('message', (data) => {
      this.#inbox.push(JSON.parse(String(data)));
      this.#wake();
    });
    this.#closed = new Promise((resolve) => this.#socket.on('close', (code, reason) => resolve({ code, reason: String(reason) })));
    this.#socket.on('error', () => undefined);
  }

  async opened(): Promise<this> {
    await new Promise((resolve) => this.#socket.once('open', resolve));
    return this;
  }

  send(message: unknown): void {
    this.#socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  async receive(): Promise<Message> {
    while (this.#inbox.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    const message = this.#inbox.shift();
    if (message === undefined) throw new Error('nothing was received');
    return message;
  }

  get closeCode(): Promise<number> {
    return this.#closed.then(({ code }) => code);
  }

  close(): void {
    this.#socket.close();
  }
}

const clients: Client[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

async function connect(protocols: readonly string[] = ['graphql-transport-ws']): Promise<Client> {
  const client = await new Client(protocols).opened();
  clients.push(client);
  return client;
}

async function acknowledged(authorization: Record<string, string> = bearer(token)): Promise<Client> {
  const client = await connect();
  client.send({ type: 'connection_init', payload: authorization });
  expect(await client.receive()).toEqual({ type: 'connection_ack' });
  return client;
}

const subscribe = (id: string, query: string, variables?: object) => ({ id, type: 'subscribe', payload: { query, variables } });

describe('graphql-transport-ws', () => {
  it('closes a socket that does not speak it with 4406', async () => {
    const client = await connect([]);
    expect(await client.closeCode).toBe(4406);
  });

  it.each([
    ['what is not JSON', 'nonsense'],
    ['an unknown type', { type: 'hello' }],
    ['a message without a type', { id: '1' }],
    ['a subscribe without an id', { type: 'subscribe', payload: { query: '{ __typename }' } }],
    ['a query that is not a string', { id: '1', type: 'subscribe', payload: { query: 1 } }],
  ])('closes on %s with 4400', async (_name, message) => {
    const client = await acknowledged();
    client.send(message);
    expect(await client.closeCode).toBe(4400);
  });

  it('closes on a subscribe before the acknowledgement with 4401', async () => {
    const client = await connect();
    client.send(subscribe('1', '{ __typename }'));
    expect(await client.closeCode).toBe(4401);
  });

  it('closes without an init with 4408 after three seconds', async () => {
    const client = await connect();
    const before = Date.now();
    expect(await client.closeCode).toBe(4408);
    expect(Date.now() - before).toBeGreaterThan(2_500);
    expect(Date.now() - before).toBeLessThan(4_500);
  });

  it('closes on a second init with 4429', async () => {
    const client = await acknowledged();
    client.send({ type: 'connection_init' });
    expect(await client.closeCode).toBe(4429);
  });

  it('closes on an id in use with 4409', async () => {
    const client = await acknowledged();
    client.send(subscribe('1', 'subscription { ticked(until: 0) { no } }'));
    client.send(subscribe('1', 'subscription { ticked(until: 0) { no } }'));
    expect(await client.closeCode).toBe(4409);
  });

  it('answers ping with pong, with the same payload, also before the init', async () => {
    const client = await connect();
    client.send({ type: 'ping' });
    expect(await client.receive()).toEqual({ type: 'pong' });
    client.send({ type: 'ping', payload: { at: 1 } });
    expect(await client.receive()).toEqual({ type: 'pong', payload: { at: 1 } });
  });

  it('answers a query with next and complete', async () => {
    const client = await acknowledged();
    client.send(subscribe('q', 'query Who { whoAmI }'));
    expect(await client.receive()).toEqual({ id: 'q', type: 'next', payload: { data: { whoAmI: 'OPERATOR' } } });
    expect(await client.receive()).toEqual({ id: 'q', type: 'complete' });
  });

  it.each([
    ['a syntax error', '{', 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['too many aliases', `{ ${Array.from({ length: 101 }, (_, no) => `a${no}: whoAmI`).join(' ')} }`, 'LIMIT_EXCEEDED'],
    ['too many tokens', `{ ${'whoAmI '.repeat(3_000)} }`, 'LIMIT_EXCEEDED'],
    [
      'too many objects',
      '{ shops(first: 100) { edges { node { neighbours(first: 100) { edges { node { neighbours(first: 100) { edges { node { id } } } } } } } } } }',
      'LIMIT_EXCEEDED',
    ],
  ])('answers %s with an error of the operation and stays open', async (_name, query, code) => {
    const client = await acknowledged();
    client.send(subscribe('bad', query));
    expect(await client.receive()).toMatchObject({ id: 'bad', type: 'error', payload: [{ extensions: { code } }] });
    client.send(subscribe('bad', '{ whoAmI }'));
    expect((await client.receive()).type).toBe('next');
  });

  it('answers a wrong variable with an error, and a fault masked', async () => {
    const client = await acknowledged();
    client.send(subscribe('1', 'subscription($n: Int!) { ticked(until: $n) { no } }', { n: 'x' }));
    expect(JSON.stringify(await client.receive())).toContain('BAD_USER_INPUT');
    const other = await acknowledged();
    other.send(subscribe('2', '{ broken }'));
    const failed = await other.receive();
    expect(failed).toMatchObject({
      type: 'next',
      payload: { errors: [{ message: 'Internal server error', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] },
    });
    expect(JSON.stringify(failed)).not.toContain('hunter2');
  });

  it('streams events in order, then completes', async () => {
    const client = await acknowledged();
    client.send(subscribe('s', 'subscription { ticked(until: 3) { no } }'));
    for (const no of [1, 2, 3]) expect(await client.receive()).toEqual({ id: 's', type: 'next', payload: { data: { ticked: { no } } } });
    expect(await client.receive()).toEqual({ id: 's', type: 'complete' });
  });

  it('reads afresh for every event', async () => {
    const client = await acknowledged();
    client.send(subscribe('s', 'subscription { loadedAgain }'));
    const seen = [await client.receive(), await client.receive(), await client.receive()].map(({ payload }) => JSON.stringify(payload));
    expect(new Set(seen).size).toBe(3);
  });

  it('interleaves operations', async () => {
    const client = await acknowledged();
    client.send(subscribe('silent', 'subscription { ticked(until: 0) { no } }'));
    client.send(subscribe('q', '{ whoAmI }'));
    expect((await client.receive()).id).toBe('q');
  });

  it('ends the source at once when the client completes, and frees the id', async () => {
    await until(() => openTicks.count === 0);
    const client = await acknowledged();
    client.send(subscribe('s', 'subscription { ticked(until: 0) { no } }'));
    await until(() => openTicks.count === 1);
    client.send({ id: 's', type: 'complete' });
    await until(() => openTicks.count === 0);
    client.send(subscribe('s', '{ whoAmI }'));
    expect(await client.receive()).toMatchObject({ id: 's', type: 'next' });
  });

  it('says goodbye with 1001 when the server stops', async () => {
    const stopping = await startDoors();
    const client = await new Client(['graphql-transport-ws'], stopping.wsUrl).opened();
    client.send({ type: 'connection_init', payload: bearer(await stopping.token({ role: 'OPERATOR' })) });
    await client.receive();
    client.send(subscribe('s', 'subscription { ticked(until: 0) { no } }'));
    await stopping.stop();
    expect(await client.closeCode).toBe(1001);
  });

  it('ends every source when the socket closes', async () => {
    await until(() => openTicks.count === 0);
    const client = await acknowledged();
    for (const id of ['a', 'b', 'c']) client.send(subscribe(id, 'subscription { ticked(until: 0) { no } }'));
    await until(() => openTicks.count === 3);
    client.close();
    await until(() => openTicks.count === 0);
  });
});

describe('a socket has the rights of its token', () => {
  it('and closes on a refused one with 4403', async () => {
    for (const authorization of ['Bearer nonsense', 'nonsense', 1, `Bearer ${await doors.token({ role: 'OPERATOR' }, -1)}`]) {
      const client = await connect();
      client.send({ type: 'connection_init', payload: { authorization } });
      expect(await client.closeCode).toBe(4403);
    }
  });

  it('and closes with 4403 when it expires', async () => {
    const client = await acknowledged(bearer(await doors.token({ role: 'OPERATOR' }, 2)));
    client.send(subscribe('s', 'subscription { ticked(until: 0) { no } }'));
    expect(await client.closeCode).toBe(4403);
  });

  it('and without one is nobody', async () => {
    const client = await acknowledged({});
    client.send(subscribe('1', 'subscription { ticked(until: 1) { no } }'));
    expect(JSON.stringify(await client.receive())).toContain('UNAUTHENTICATED');
  });
});

async function until(condition: () => boolean): Promise<void> {
  for (let left = 100; left > 0 && !condition(); left -= 1) await pause(20);
  expect(condition()).toBe(true);
}
