import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { type Nova, operation, redemptionOf, refusal, startNova } from '../support/coalition.ts';

let nova: Nova;
beforeAll(async () => {
  nova = await startNova();
});
afterAll(() => nova.stop());

interface Change {
  readonly currency: { readonly code: string };
  readonly version: string;
  readonly available: number;
  readonly held: number;
  readonly change: { readonly type: string; readonly points: number; readonly partner: { readonly code: string } | null } | null;
}

/** The changes of one currency as a member's portal is told them. */
async function* changesOf(token: string, code: string): AsyncGenerator<Change> {
  const client = createClient({
    url: nova.app.wsUrl,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  });
  try {
    for await (const { data, errors } of client.iterate<{ balanceChanged: Change }>({ query: operation('balance-changed') })) {
      if (!data) throw new Error(JSON.stringify(errors));
      if (data.balanceChanged.currency.code === code) yield data.balanceChanged;
    }
  } finally {
    await client.dispose();
  }
}

test('[B28] a merchant that times out after a hold leaves nothing behind: at its end the points are back, and the portal is told HOLD_EXPIRED', async () => {
  const member = await nova.enrol();
  await nova.earn('AERO', member, { points: 2000 });
  const told = changesOf(member.token, 'APT');
  const next = async (): Promise<Change | undefined> => (await told.next()).value;
  expect(await next()).toMatchObject({ available: 2000, held: 0, change: null });
  // given 500 points held by a merchant that never comes back
  const held = redemptionOf(await nova.hold('DEPOT', member, 'APT', 500));
  expect(await next()).toMatchObject({ available: 1500, held: 500, change: { type: 'HELD', points: -500 } });
  // when a second before the end nothing is due, and at the end it is
  const end = new Date(held.expiresAt).getTime();
  const [before, at] = [end - 1_000, end].map((instant) => new Date(instant).toISOString());
  expect((await nova.runJob('EXPIRE_HOLDS', before ?? '')).run?.affected).toBe(0);
  await nova.setClock(at ?? '');
  expect(refusal(await nova.capture('DEPOT', held.id))).toBe('HOLD_EXPIRED');
  expect((await nova.runJob('EXPIRE_HOLDS', at ?? '')).run?.affected).toBe(1);
  // then the portal is told, the balance is as it was, and the late capture is refused for good
  expect(await next()).toMatchObject({
    available: 2000,
    held: 0,
    change: { type: 'HOLD_EXPIRED', points: 500, partner: { code: 'DEPOT' } },
  });
  await told.return(undefined);
  expect(await nova.balanceOf(member, 'APT')).toMatchObject({ available: 2000, held: 0 });
  const { node } = await nova.run<{ node: object }>(await nova.token('DEPOT'), 'transaction', { id: held.id });
  expect(node).toMatchObject({ redemptionStatus: 'EXPIRED_HOLD', heldPoints: 500, capturedPoints: 0 });
  expect(refusal(await nova.capture('DEPOT', held.id))).toBe('HOLD_EXPIRED');
  expect((await nova.runJob('EXPIRE_HOLDS', at ?? '')).run?.affected).toBe(0);
  expect(await nova.faults()).toEqual([]);
});
