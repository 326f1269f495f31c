import { accrualOf, type Input, type Member, type Nova, R10, redemptionOf, startNova } from '../support/coalition.ts';
import { blocksOf, operationFile } from './markdown.ts';

const blocks = blocksOf('docs/members.md');
const exchange = JSON.parse(blocksOf('docs/clauses.md').find(({ heading }) => heading === 'Exchange')?.text ?? '{}');

let nova: Nova;
let member: Member;
let other: Member;
beforeAll(async () => {
  nova = await startNova({ AERO: { currency: 'APT', rules: [R10], clauses: [exchange] } });
  await nova.join('HOPE', { clauses: [{ scope: { roles: ['CHARITY'] } }] });
  await nova.operate('set-transfer-policy', { allowed: true, minPoints: 100 });
  const card: Input = { kind: 'GIFT_CARD', currency: 'CPT', points: 1500 };
  await nova.operate('publish-reward', { partner: 'CAFE', code: 'GIFT-30', name: 'Gift card', ...card });
  [member, other] = [await nova.enrol(), await nova.enrol()];
  accrualOf(await nova.earn('AERO', member, { points: 10_000 }));
  accrualOf(await nova.earn('CAFE', member, { points: 2_000 }));
});
afterAll(() => nova.stop());

const awaited: Input = { memberApproval: true, orderExternalId: 'TV-1' };

const EXAMPLE_ID = /\b([a-z]{3})_[0-9a-f]{32}\b/g;

test('the requests of the guide for member portals are answered as it shows, from the first to the last', async () => {
  const ids = new Map<string, string>();
  const sent: string[] = [];
  for (const [at, { text, note, operation = '' }] of blocks.entries()) {
    if (note !== 'variables') continue;
    if (operation === 'escalate-claim.graphql') {
      const { resolveClaim } = await nova.run<{ resolveClaim: { userErrors: unknown[] } }>(await nova.token('CAFE'), 'resolve-claim', {
        input: { idempotencyKey: 'no', claimId: ids.get('clm'), decision: 'REJECT', reason: 'no receipt' },
      });
      expect(resolveClaim.userErrors).toEqual([]);
    }
    const isAnswer = ['approve-step-up.graphql', 'decline-redemption.graphql'].includes(operation);
    if (isAnswer) ids.set('red', redemptionOf(await nova.hold('DEPOT', member, 'APT', 6_000, awaited)).id);
    if (operation === 'approve-step-up.graphql') {
      const { data } = await nova.answer(member.token, 'my-awaiting-approvals');
      const [waits] = JSON.parse(blocks.find(({ heading, note: said }) => heading === 'Approve' && said === '')?.text ?? '{}').data.me
        .awaitingApproval;
      expect(data.me.awaitingApproval).toEqual([{ ...waits, id: ids.get('red'), expiresAt: expect.any(String) }]);
    }
    const filled = text.replaceAll('8800123456780027', other.cardNumber).replaceAll(EXAMPLE_ID, (id, kind: string) => ids.get(kind) ?? id);
    const answer = await nova.app.graphql(operationFile(operation), { token: member.token, variables: JSON.parse(filled) });
    const [payload] = Object.values<{ userErrors?: unknown[] }>(answer.data ?? {});
    expect({ operation, errors: answer.errors, refusals: payload?.userErrors ?? [] }).toEqual({
      operation,
      errors: undefined,
      refusals: [],
    });
    for (const [id, kind = ''] of JSON.stringify(answer.data).matchAll(EXAMPLE_ID)) ids.set(kind, id);
    const shown = blocks[at + 1];
    if (operation === 'quote-exchange.graphql') expect(answer).toMatchObject(JSON.parse(shown?.text ?? '{}'));
    if (isAnswer) await nova.release('DEPOT', ids.get('red') ?? '');
    sent.push(operation);
  }
  expect(sent).toHaveLength(13);
  expect((await nova.balanceOf(member, 'APT')).available).toBe(10_000 - 1_010 - 500 - 300);
  expect((await nova.balanceOf(other, 'APT')).available).toBe(300);
  expect(await nova.faults()).toEqual([]);
});

test('the lots of the guide are answered to a member', async () => {
  const shown = blocks.find(({ heading, language }) => heading === 'Where points come from' && language === 'graphql');
  const { data, errors } = await nova.app.graphql(shown?.text ?? '', { token: member.token });
  expect(errors).toBeUndefined();
  const [lot] = data.me.lots.edges;
  expect(lot.node).toMatchObject({ origin: 'ACCRUAL', issuer: { code: 'AERO' }, points: 10_000, available: 8_190 });
  const gift = await nova.app.graphql(shown?.text ?? '', { token: other.token });
  expect(gift.data.me.lots.edges).toMatchObject([{ node: { origin: 'TRANSFER', points: 300 } }]);
});

test('a larger spread is announced to members as the guide shows', async () => {
  await nova.amend('AERO', '2026-03-01T00:00:00+08:00', {
    currency: 'APT',
    clauses: [{ exchange: { ...exchange.exchange, spreadBps: 1000 } }],
  });
  const { me } = await nova.run<{ me: { upcomingChanges: object[] } }>(member.token, 'my-upcoming-changes');
  const shown = blocks.find(({ heading, note }) => heading === 'Upcoming changes' && note === '');
  expect(me.upcomingChanges).toEqual([JSON.parse(shown?.text ?? '{}')]);
});
