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
