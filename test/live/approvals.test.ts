import { type Member, type Nova, operation, redemptionOf, startNova } from '../support/coalition.ts';
import { follow, stopFollowing, until } from '../support/follow.ts';

let nova: Nova;
beforeAll(async () => {
  nova = await startNova();
});
afterAll(async () => {
  await stopFollowing();
  await nova.stop();
});

interface Update {
  redemption: { id: string; status: string; heldPoints: number };
  resync: boolean;
}

const awaiting = (token: string) => follow<Update>(nova.app, token, operation('redemption-awaiting-approval'));
const told = ({ seen }: { readonly seen: readonly Update[] }, id: string) =>
  seen.filter(({ redemption }) => redemption.id === id).map(({ redemption, resync }) => [redemption.status, resync]);
const ask = async (member: Member) => redemptionOf(await nova.hold('DEPOT', member, 'APT', 100, { memberApproval: true }));
const answer = async (member: Member, name: string, redemptionId: string) => {
  const input = { idempotencyKey: nova.newKey(), redemptionId };
  await nova.run(await nova.app.token({ role: 'MEMBER', member: member.id }), name, { input });
};

test('a redemption that awaits approval comes to its member, its partner and the operator, and once more when it is answered', async () => {
  const [member, stranger] = [await nova.enrol(), await nova.enrol()];
  await nova.earn('AERO', member, { points: 1_000 });
  const old = await ask(member);
  const concerned = [
    awaiting(await nova.app.token({ role: 'MEMBER', member: member.id })),
    awaiting(await nova.token('DEPOT')),
    awaiting(nova.operator),
  ];
  const others = [awaiting(await nova.app.token({ role: 'MEMBER', member: stranger.id })), awaiting(await nova.token('CAFE'))];
  await until(() => concerned.every((each) => told(each, old.id).length === 1));
  const fresh = await ask(member);
  await answer(member, 'approve-step-up', old.id);
  await answer(member, 'decline-redemption', fresh.id);
  await until(() => concerned.every((each) => told(each, fresh.id).at(-1)?.[0] === 'VOIDED'));
  for (const each of concerned) {
    expect(told(each, old.id)).toEqual([
      ['AWAITING_MEMBER_APPROVAL', true],
      ['HELD', false],
    ]);
    expect(told(each, fresh.id).every(([, resync]) => resync === false)).toBe(true);
  }
  for (const { seen, errors } of others) expect([seen, errors]).toEqual([[], []]);
  // What needs no approval is no concern of this.
  await nova.hold('DEPOT', member, 'APT', 100);
  const last = await ask(member);
  await until(() => concerned.every((each) => told(each, last.id).length > 0));
  for (const { seen } of concerned)
    expect(new Set(seen.map(({ redemption }) => redemption.id))).toEqual(new Set([old.id, fresh.id, last.id]));
});

test('who comes back is told of redemptions that still wait, and of those answered meanwhile nothing', async () => {
  const member = await nova.enrol();
  const token = await nova.app.token({ role: 'MEMBER', member: member.id });
  await nova.earn('AERO', member, { points: 1_000 });
  const witness = awaiting(nova.operator);
  const [approved, declined, waiting] = [await ask(member), await ask(member), await ask(member)];
  // What was not told yet to anybody is news to who comes now, besides being what waits.
  await until(() => [approved, declined, waiting].every(({ id }) => told(witness, id).length > 0));
  const before = awaiting(token);
  await until(() => before.seen.length === 3);
  await answer(member, 'approve-step-up', approved.id);
  await until(() => told(before, approved.id).length === 2);
  before.stop();
  await answer(member, 'decline-redemption', declined.id);
  // An answer that was not told yet to anybody is news to who comes now.
  await until(() => told(witness, declined.id).at(-1)?.[0] === 'VOIDED');
  const again = awaiting(token);
  await until(() => again.seen.length === 1);
  await answer(member, 'approve-step-up', waiting.id);
  // A capture is the partner's doing, and nothing that anybody waited for.
  await nova.capture('DEPOT', approved.id);
  const last = await ask(member);
  await until(() => told(again, last.id).length === 1);
  expect(again.seen.map(({ redemption: { id, status }, resync }) => [id, status, resync])).toEqual([
    [waiting.id, 'AWAITING_MEMBER_APPROVAL', true],
    [waiting.id, 'HELD', false],
    [last.id, 'AWAITING_MEMBER_APPROVAL', false],
  ]);
});

test('a partner whose contract is terminated hears no more of what waits at it; member and operator hear how it ends', async () => {
  await nova.join('LEAVES', { acceptance: { currencies: ['APT'] } });
  const member = await nova.enrol();
  await nova.earn('AERO', member, { points: 1_000 });
  const witness = awaiting(nova.operator);
  const { id } = redemptionOf(await nova.hold('LEAVES', member, 'APT', 100, { memberApproval: true }));
  await until(() => told(witness, id).length > 0);
  const partner = awaiting(await nova.token('LEAVES'));
  const concerned = [awaiting(await nova.app.token({ role: 'MEMBER', member: member.id })), awaiting(nova.operator)];
  await until(() => [partner, ...concerned].every((each) => told(each, id).length === 1));
  const { partner: leaving } = await nova.run<{ partner: { contract: { id: string } } }>(nova.operator, 'partner', { code: 'LEAVES' });
  await nova.operate('give-contract-notice', { contractId: leaving.contract.id });
  await nova.setClock('2026-03-20T00:00:00+08:00');
  await nova.runJob('EXPIRE_HOLDS', '2026-03-20T00:00:00+08:00');
  await until(() => concerned.every((each) => told(each, id).length === 2));
  for (const each of concerned) expect(told(each, id)[1]).toEqual(['EXPIRED_HOLD', false]);
  await until(() => partner.errors.length > 0);
  const forbidden = [{ extensions: { code: 'FORBIDDEN' } }];
  expect(partner.errors).toMatchObject(forbidden);
  expect(told(partner, id)).toHaveLength(1);
  const again = awaiting(await nova.token('LEAVES'));
  await until(() => again.errors.length > 0);
  expect([again.seen, again.errors]).toMatchObject([[], forbidden]);
});
