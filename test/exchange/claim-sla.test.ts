import { Client } from 'pg';
import { cny, type Input, type Member, type Nova, R10, startNova, type UserError } from '../support/coalition.ts';

interface Claim {
  readonly id: string;
  readonly status: string;
  readonly isOverdue: boolean;
  readonly slaDueAt: string;
  readonly occurredAt: string;
  readonly accrual: { readonly id: string; readonly status: string; readonly points: number; readonly externalId: string } | null;
  readonly events: readonly { readonly type: string; readonly at: string }[];
}

let nova: Nova;
let member: Member;
beforeEach(async () => {
  nova = await startNova({ AERO: { currency: 'APT', rules: [R10] } });
  member = await nova.enrol();
});
afterEach(() => nova.stop());

async function act(token: string, name: string, input: Input): Promise<Claim> {
  const [payload] = Object.values(
    await nova.run<Record<string, { claim: Claim; userErrors: UserError[] }>>(token, name, {
      input: { idempotencyKey: nova.newKey(), ...input },
    }),
  );
  expect(payload?.userErrors).toEqual([]);
  return payload?.claim as Claim;
}
const open = (more: Input = {}) =>
  act(member.token, 'claim-missing-points', {
    partner: 'AERO',
    occurredAt: '2026-01-10T10:00:00+08:00',
    points: 5,
    note: '积分没有到账',
    ...more,
  });
const reject = (token: string, claimId: string) => act(token, 'resolve-claim', { claimId, decision: 'REJECT', reason: '无此交易' });
const queue = async (filter: Input, token = nova.operator): Promise<Claim[]> => {
  const { claims } = await nova.run<{ claims: { edges: { node: Claim }[] } }>(token, 'claims', filter);
  return claims.edges.map(({ node }) => node);
};
const check = async (asOf: string) => (await nova.runJob('CHECK_CLAIMS', asOf)).run?.affected;

test('[O03] a claim opened at 10:00 that is not resolved 24 hours later has an SLA_BREACHED event, once', async () => {
  await nova.setClock('2026-01-20T10:00:00+08:00');
  const left = await open();
  const decided = await open();
  await reject(await nova.token('AERO'), decided.id);
  await nova.setClock('2026-01-21T09:59:00+08:00');
  expect(await check('2026-01-21T09:59:00+08:00')).toBe(0);
  expect(await queue({ breached: true })).toEqual([]);
  expect((await queue({ breached: false })).map(({ id }) => id)).toEqual([left.id, decided.id]);

  await nova.setClock('2026-01-21T10:01:00+08:00');
  expect(await check('2026-01-21T10:01:00+08:00')).toBe(1);
  expect(await check('2026-01-21T10:01:00+08:00')).toBe(0);
  const [breached, ...others] = await queue({ breached: true });
  expect(others).toEqual([]);
  expect(breached).toMatchObject({ id: left.id, isOverdue: true, events: [{ type: 'SLA_BREACHED', at: left.slaDueAt }] });
  expect(breached?.slaDueAt).toMatch(/^2026-01-21T02:00:/);
  // Whoever answers for it sees the same in its queue, and a decision takes it back from nobody.
  expect((await queue({ breached: true }, await nova.token('AERO'))).map(({ id }) => id)).toEqual([left.id]);
  await reject(nova.operator, left.id);
  expect((await queue({ breached: true })).map(({ status }) => status)).toEqual(['REJECTED']);

  // An escalation has a time of its own.
  await act(member.token, 'escalate-claim', { claimId: left.id });
  expect(await check('2026-01-21T10:02:00+08:00')).toBe(0);
  await nova.setClock('2026-01-22T10:05:00+08:00');
  expect(await check('2026-01-22T10:05:00+08:00')).toBe(1);
  expect((await queue({ breached: true }))[0]?.events.map(({ type, at }) => [type, at.slice(0, 10)])).toEqual([
    ['SLA_BREACHED', '2026-01-21'],
    ['SLA_BREACHED', '2026-01-22'],
  ]);
  expect(await nova.faults()).toEqual([]);
});

test('a claim that is decided too late was left too long, whether a job came by or not; many at once are noted once', async () => {
  const late = await open();
  const others = await Promise.all(Array.from({ length: 12 }, () => open()));
  await nova.setClock('2026-01-16T13:00:00+08:00');
  await reject(nova.operator, late.id);
  expect((await queue({ breached: true })).map(({ id }) => id)).toEqual([late.id]);
  const runs = await Promise.all(Array.from({ length: 10 }, () => check('2026-01-16T13:00:00+08:00')));
  expect(runs.reduce((sum, affected) => (sum ?? 0) + (affected ?? 0), 0)).toBe(others.length);
  expect((await queue({ breached: true, first: 100 })).every(({ events }) => events.length === 1)).toBe(true);
  expect(await queue({ breached: false })).toEqual([]);

  const { rows } = nova.app.db;
  await expect(
    rows(
      'insert into exchange.claim_breaches (claim_id, due_at, noted_at) select claim_id, due_at, noted_at from exchange.claim_breaches limit 1',
    ),
  ).rejects.toMatchObject({ constraint: 'a_breach_of_a_claim_is_noted_once' });
  const superuser = new Client({ connectionString: nova.app.url });
  await superuser.connect();
  for (const change of ['update exchange.claim_breaches set noted_at = now()', 'delete from exchange.claim_breaches'])
    await expect(superuser.query(change)).rejects.toMatchObject({ constraint: 'breaches_of_claims_are_append_only' });
  await superuser.end();
});

test('[O04] a claim with a receipt that the partner approves becomes an accrual dated the original day', async () => {
  const { id } = await open({ points: undefined, amount: cny('38.00'), externalId: 'RECEIPT-4711' });
  await act(await nova.token('AERO'), 'review-claim', { claimId: id });
  const approved = await act(await nova.token('AERO'), 'resolve-claim', { claimId: id, decision: 'APPROVE' });
  expect(approved).toMatchObject({ status: 'APPROVED', accrual: { status: 'CONFIRMED', points: 380, externalId: 'RECEIPT-4711' } });
  const { data, errors } = await nova.app.graphql('query Earned($id: ID!) { node(id: $id) { ... on Accrual { occurredAt points } } }', {
    token: await nova.token('AERO'),
    variables: { id: approved.accrual?.id },
  });
  expect([data, errors]).toEqual([{ node: { occurredAt: '2026-01-10T02:00:00.000Z', points: 380 } }, undefined]);
  const { member: found } = await nova.run<{
    member: { lots: { edges: { node: { earnedAt: string; points: number; expiresAt: string } }[] } };
  }>(nova.operator, 'member-lots', { ref: { id: member.id } });
  expect(found.lots.edges.map(({ node }) => node)).toMatchObject([
    { points: 380, earnedAt: '2026-01-10T02:00:00.000Z', expiresAt: '2027-01-10T02:00:00.000Z' },
  ]);
  expect(await nova.faults()).toEqual([]);
});
