import { approvalApi } from '../exchange/approval-api.ts';
import { accrualOf, cny, type Input, type Member, type Nova, R10, redemptionOf, refusal, startNova } from '../support/coalition.ts';
import { blocksOf, operationFile } from './markdown.ts';

const GUIDE = 'docs/partners.md';
const blocks = blocksOf(GUIDE);
const clauseOfPage = (kind: string): Input => {
  const shown = blocksOf('docs/clauses.md').find(({ note, text }) => note === 'clause' && kind in JSON.parse(text));
  return JSON.parse(shown?.text ?? '{}');
};

/** Who sends the requests of a section. */
const SENDERS: Readonly<Record<string, string>> = {
  'Pay with a code': 'DEPOT',
  'Wait for the member': 'DEPOT',
  'Pay with points you do not take': 'BOOKS',
  'Exchange for a member': 'BOOKS',
  Rewards: 'CAFE',
  'Joint promotions': 'AERO',
  'Prepaid blocks': 'CAFE',
  'Report sales': 'DEPOT',
  Claims: 'CAFE',
};

let nova: Nova;
let member: Member;
const ids = new Map<string, string>();
beforeAll(async () => {
  const promotion = clauseOfPage('jointPromotion');
  nova = await startNova({
    AERO: { currency: 'APT', rules: [R10], clauses: [clauseOfPage('exchange'), promotion] },
    BOOKS: { currency: 'BPT', price: [5_000, 1_000], rules: [R10], scope: { roles: ['ISSUER', 'ACCEPTOR', 'EXCHANGER'] } },
    CAFE: { currency: 'CPT', price: [20_000, 3_500], rules: [R10], clauses: [promotion] },
  });
  member = await nova.enrol();
  accrualOf(await nova.earn('AERO', member, { points: 10_000 }));
  accrualOf(await nova.earn('CAFE', member, { points: 2_000 }));
  accrualOf(await nova.earn('BOOKS', member, { amount: cny('38.00') }));
  const { claim } = await nova
    .run<{ claimMissingPoints: { claim: { id: string } } }>(member.token, 'claim-missing-points', {
      input: { idempotencyKey: 'c', partner: 'CAFE', occurredAt: '2026-01-10T10:00:00+08:00', amount: cny('10.00'), note: '积分没有到账' },
    })
    .then(({ claimMissingPoints }) => claimMissingPoints);
  ids.set('clm', claim.id);
});
afterAll(() => nova.stop());

const EXAMPLE_ID = /\b([a-z]{3})_[0-9a-f]{32}\b/g;
const EXAMPLE_CARD = '8800123456780019';

const EXAMPLE_TOKEN = 'qr_7yPq0kZ3TgO5bV1uWmC2xA';

/** A token is good for a minute and once: each request that shows one gets its own. */
async function freshTokens(text: string): Promise<string> {
  return text.includes(EXAMPLE_TOKEN) ? text.replaceAll(EXAMPLE_TOKEN, await approvalApi(nova).show(member)) : text;
}

test.each(Object.keys(SENDERS))('the requests of "%s" are answered as the guide shows', async (heading) => {
  const token = await nova.token(SENDERS[heading] ?? '');
  const section = blocks.filter((block) => block.heading === heading);
  expect(section.filter(({ note }) => note === 'variables').length).toBeGreaterThan(0);
  for (const [at, { text, note, operation = '' }] of section.entries()) {
    if (note !== 'variables') continue;
    const variables = JSON.parse(
      (await freshTokens(text))
        .replaceAll(EXAMPLE_CARD, member.cardNumber)
        .replaceAll(EXAMPLE_ID, (id, kind: string) => ids.get(kind) ?? id),
    );
    const answer = await nova.app.graphql(operationFile(operation), { token, variables });
    const [payload] = Object.values<{ userErrors?: unknown[] }>(answer.data ?? {});
    expect({ operation, errors: answer.errors, refusals: payload?.userErrors ?? [] }).toEqual({
      operation,
      errors: undefined,
      refusals: [],
    });
    for (const [id, kind = ''] of JSON.stringify(answer.data).matchAll(EXAMPLE_ID)) ids.set(kind, id);
    const shown = section[at + 1];
    if (shown?.note === '') expect(answer).toMatchObject(JSON.parse(shown.text));
  }
});

test('the lines of the open cycle are those of the guide', async () => {
  const [shown] = blocks.filter(({ operation, note }) => operation === 'my-draft-lines.graphql' && note === '');
  const { data } = await nova.answer(await nova.token('BOOKS'), 'my-draft-lines');
  expect({ data }).toEqual(JSON.parse(shown?.text ?? '{}'));
});

test('what was paid with an exchange is refunded in the points that were taken', async () => {
  const before = await nova.balanceOf(member, 'BPT');
  const paid = await nova.run<{ payWithExchange: { redemption: { id: string } } }>(await nova.token('BOOKS'), 'pay-with-exchange', {
    input: { idempotencyKey: 'again', orderExternalId: 'SO-9', member: { id: member.id }, from: 'APT', currency: 'BPT', points: 950 },
  });
  redemptionOf(await nova.refund('BOOKS', paid.payWithExchange.redemption.id));
  expect((await nova.balanceOf(member, 'BPT')).available).toBe(before.available + 950);
  expect(await nova.faults()).toEqual([]);
});

test('a partner whose contract is over is told what the guide says, step by step', async () => {
  await nova.join('GONE', { currency: 'GPT', rules: [R10] });
  const earned = accrualOf(await nova.earn('GONE', member, { points: 1_000 }));
  const burn = async (points: number) => redemptionOf(await nova.hold('GONE', member, 'GPT', points)).id;
  const [captured, held] = [await burn(100), redemptionOf(await nova.hold('GONE', member, 'GPT', 100, { holdSeconds: 2_592_000 })).id];
  redemptionOf(await nova.capture('GONE', captured));
  const token = await nova.token('GONE');
  const { viewerPartner } = await nova.run<{ viewerPartner: { contract: { id: string } } }>(token, 'my-contract');
  const contractId = viewerPartner.contract.id;
  await nova.operate('give-contract-notice', { contractId });

  const report = async (occurredAt: string) => refusal(await nova.earn('GONE', member, { points: 10, occurredAt })) ?? 'done';
  await nova.setClock('2026-01-18T00:00:00+08:00');
  expect([await report('2026-01-16T12:00:00+08:00'), await report('2026-01-17T18:00:00+08:00')]).toEqual(['done', 'CONTRACT_ENDED']);
  expect(refusal(await nova.hold('GONE', member, 'GPT', 10))).toBeUndefined();
  await nova.setClock('2026-01-20T00:00:00+08:00');
  expect(refusal(await nova.hold('GONE', member, 'GPT', 10))).toBe('CONTRACT_ENDED');
  expect(refusal(await nova.capture('GONE', held))).toBeUndefined();
  await nova.setClock('2026-02-25T00:00:00+08:00');
  expect(await report('2026-01-16T12:00:00+08:00')).toBe('CONTRACT_ENDED');
  expect([refusal(await nova.refund('GONE', captured)), refusal(await nova.reverse('GONE', earned.id, { points: 10 }))]).toEqual([
    undefined,
    undefined,
  ]);
  const hidden = await nova.answer(token, 'member-profile', { ref: { id: member.id } });
  expect(hidden.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  for (const name of ['my-contract', 'my-position', 'my-draft-lines']) expect((await nova.answer(token, name)).errors).toBeUndefined();
  expect((await nova.answer(token, 'transaction', { id: earned.id })).data.node).toMatchObject({ reversedPoints: 10 });
});
