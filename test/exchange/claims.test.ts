import { accrualOf, cny, type Input, type Member, type Nova, R10, startNova, type UserError } from '../support/coalition.ts';

interface Claim {
  readonly id: string;
  readonly status: string;
  readonly assignedTo: string;
  readonly isOverdue: boolean;
  readonly slaDueAt: string;
  readonly reason: string | null;
  readonly accrual: { readonly id: string; readonly points: number } | null;
}
interface ClaimPayload {
  readonly claim: Claim | null;
  readonly replayed: boolean;
  readonly userErrors: readonly UserError[];
}

let nova: Nova;
let member: Member;
beforeAll(async () => {
  nova = await startNova({
    AERO: {
      currency: 'APT',
      rules: [R10],
      clauses: [
        { responsibility: { task: 'CUSTOMER_SERVICE', party: 'CAFE' } },
        { responsibility: { task: 'FULFILMENT', party: 'OPERATOR' } },
      ],
    },
  });
  member = await nova.enrol();
});
afterAll(() => nova.stop());

/** Runs one of the mutations about a claim; what comes back is done or refused. */
async function act(token: string, name: string, input: Input): Promise<ClaimPayload> {
  const [payload] = Object.values(
    await nova.run<Record<string, ClaimPayload>>(token, name, { input: { idempotencyKey: nova.newKey(), ...input } }),
  );
  if (payload === undefined) throw new Error(`${name} answered nothing`);
  return payload;
}
const open = (what: Input, token = member.token) =>
  act(token, 'claim-missing-points', { partner: 'AERO', occurredAt: '2026-01-10T10:00:00+08:00', note: '积分没有到账', ...what });
const by = async (who: string, name: string, input: Input) => act(who === 'OPERATOR' ? nova.operator : await nova.token(who), name, input);
const codeOf = ({ userErrors }: ClaimPayload): string | undefined => userErrors[0]?.code;

function claimOf(payload: ClaimPayload): Claim {
  expect(payload.userErrors).toEqual([]);
  if (payload.claim === null) throw new Error('there is no claim');
  return payload.claim;
}

async function queueOf(who: string, filter: Input = {}): Promise<string[]> {
  const token = who === 'OPERATOR' ? nova.operator : await nova.token(who);
  const { claims } = await nova.run<{ claims: { edges: { node: Claim }[] } }>(token, 'claims', filter);
  return claims.edges.map(({ node }) => node.id);
}

test('[L10] a claim goes to the party that the contract of that day makes responsible, into its queue and no other', async () => {
  const service = claimOf(await open({ points: 5, task: 'CUSTOMER_SERVICE' }));
  const missing = claimOf(await open({ amount: cny('10.00') }));
  const delivery = claimOf(await open({ points: 5, task: 'FULFILMENT' }));
  const elsewhere = claimOf(await open({ partner: 'CAFE', points: 5, task: 'CUSTOMER_SERVICE' }));
  expect([service, missing, delivery, elsewhere].map(({ assignedTo }) => assignedTo)).toEqual(['CAFE', 'AERO', 'OPERATOR', 'CAFE']);
  expect(await queueOf('CAFE')).toEqual([service.id, elsewhere.id]);
  expect(await queueOf('AERO')).toEqual([missing.id]);
  expect(await queueOf('BOOKS')).toEqual([]);
  expect(await queueOf('OPERATOR')).toEqual([service.id, missing.id, delivery.id, elsewhere.id]);
  expect(await queueOf('OPERATOR', { assignedTo: 'OPERATOR' })).toEqual([delivery.id]);
  expect(await queueOf('OPERATOR', { assignedTo: 'CAFE', first: 1 })).toEqual([service.id]);
  expect(await queueOf('OPERATOR', { assignedTo: 'NOBODY' })).toEqual([]);
  // AERO cannot decide what CAFE answers for, although the points would be its own.
  expect(codeOf(await by('AERO', 'resolve-claim', { claimId: service.id, decision: 'APPROVE' }))).toBe('FORBIDDEN');
  expect(codeOf(await by('OPERATOR', 'resolve-claim', { claimId: service.id, decision: 'APPROVE' }))).toBe('FORBIDDEN');
  const { errors } = await nova.answer(await nova.token('BOOKS'), 'claims', { assignedTo: 'CAFE' });
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);

  // CAFE approves: the points are earned at AERO, which pays for them.
  const before = (await nova.balanceOf(member, 'APT')).available;
  expect(claimOf(await by('CAFE', 'review-claim', { claimId: service.id })).status).toBe('PARTNER_REVIEW');
  expect(await queueOf('CAFE', { status: 'PARTNER_REVIEW' })).toEqual([service.id]);
  const approved = claimOf(await by('CAFE', 'resolve-claim', { claimId: service.id, decision: 'APPROVE' }));
  expect(approved).toMatchObject({ status: 'APPROVED', accrual: null });
  expect((await nova.balanceOf(member, 'APT')).available - before).toBe(5);
  expect(await nova.faults()).toEqual([]);
});

test('an approved claim earns what the rules of the day say, once, as of the original day', async () => {
  const { id } = claimOf(await open({ externalId: 'LOST-1', amount: cny('38.00') }));
  const before = (await nova.balanceOf(member, 'APT')).available;
  const decision = { idempotencyKey: 'approve-lost-1', claimId: id, decision: 'APPROVE' };
  const runs = await Promise.all([by('AERO', 'resolve-claim', decision), by('AERO', 'resolve-claim', decision)]);
  expect(runs.map(({ replayed }) => replayed).sort()).toEqual([false, true]);
  expect(runs.map((run) => claimOf(run).accrual?.points)).toEqual([380, 380]);
  expect((await nova.balanceOf(member, 'APT')).available - before).toBe(380);
  const [lot] = await nova.app.db.rows<{ earned_at: Date }>('select earned_at from ledger.lots where initial = 380');
  expect(lot?.earned_at.toISOString()).toBe('2026-01-10T02:00:00.000Z');
  expect(codeOf(await by('AERO', 'resolve-claim', { claimId: id, decision: 'REJECT', reason: 'no' }))).toBe('CLAIM_RESOLVED');
  const { me } = await nova.run<{ me: { claims: { edges: { node: Claim }[] } } }>(member.token, 'my-claims');
  expect(me.claims.edges.map(({ node }) => node).find((claim) => claim.id === id)).toMatchObject({
    status: 'APPROVED',
    accrual: { points: 380 },
  });
  // The till reports the receipt at last: it has earned.
  const late = await nova.earn('AERO', member, { externalId: 'LOST-1', amount: cny('38.00'), occurredAt: '2026-01-10T10:00:00+08:00' });
  expect(late.replayed).toBe(true);
  expect(await nova.faults()).toEqual([]);
});

test('a receipt that has earned already is not earned again, whatever its amount is said to be', async () => {
  accrualOf(await nova.earn('AERO', member, { externalId: 'EARNED-1', amount: cny('38.00') }));
  const before = await nova.countRows();
  for (const amount of [cny('38.00'), cny('99.00')]) {
    const { id } = claimOf(await open({ externalId: 'EARNED-1', amount }));
    expect(codeOf(await by('AERO', 'resolve-claim', { claimId: id, decision: 'APPROVE' }))).toBe('DUPLICATE');
    expect(claimOf(await by('AERO', 'resolve-claim', { claimId: id, decision: 'REJECT', reason: '已到账' }))).toMatchObject({
      reason: '已到账',
    });
  }
  const after = await nova.countRows();
  expect([after.postings, after.accruals]).toEqual([before.postings, before.accruals]);
});

test('what cannot be earned is refused like any purchase, and the claim stays as it was', async () => {
  const { id } = claimOf(await open({ partner: 'DEPOT', points: 5 }));
  expect(codeOf(await by('DEPOT', 'resolve-claim', { claimId: id, decision: 'APPROVE' }))).toBe('VALIDATION');
  const early = claimOf(await open({ points: 5, occurredAt: '2025-06-01T00:00:00+08:00' }));
  expect(codeOf(await by('AERO', 'resolve-claim', { claimId: early.id, decision: 'APPROVE' }))).toBe('CONTRACT_NOT_ACTIVE');
  expect(await queueOf('AERO', { status: 'OPENED' })).toContain(early.id);
});

test('the member escalates a rejection once; then the operator decides for good', async () => {
  const { id } = claimOf(await open({ amount: cny('1.00') }));
  expect(codeOf(await act(member.token, 'escalate-claim', { claimId: id }))).toBe('CLAIM_RESOLVED');
  expect(codeOf(await by('AERO', 'resolve-claim', { claimId: id, decision: 'REJECT' }))).toBe('VALIDATION');
  claimOf(await by('AERO', 'resolve-claim', { claimId: id, decision: 'REJECT', reason: '无此交易' }));
  const stranger = await nova.enrol();
  expect(codeOf(await act(stranger.token, 'escalate-claim', { claimId: id }))).toBe('FORBIDDEN');
  expect(claimOf(await act(member.token, 'escalate-claim', { claimId: id }))).toMatchObject({
    status: 'ESCALATED',
    assignedTo: 'OPERATOR',
    reason: '无此交易',
  });
  expect(codeOf(await by('AERO', 'resolve-claim', { claimId: id, decision: 'APPROVE' }))).toBe('FORBIDDEN');
  expect(claimOf(await by('OPERATOR', 'review-claim', { claimId: id })).status).toBe('ESCALATED');
  expect(claimOf(await by('OPERATOR', 'resolve-claim', { claimId: id, decision: 'REJECT', reason: '维持原判' })).status).toBe('REJECTED');
  expect(codeOf(await act(member.token, 'escalate-claim', { claimId: id }))).toBe('CLAIM_RESOLVED');
});

test('a claim says what is missing and where, is of the member who asks, and is opened once for a key', async () => {
  const refusals: [Input, string][] = [
    [{}, 'VALIDATION'],
    [{ points: 5, partner: 'NOBODY' }, 'VALIDATION'],
    [{ points: 5, note: ' ' }, 'VALIDATION'],
    [{ points: 0 }, 'VALIDATION'],
    [{ amount: { minor: '100', currency: 'USD' } }, 'VALIDATION'],
    [{ points: 5, occurredAt: '2027-01-01T00:00:00+08:00' }, 'VALIDATION'],
    [{ points: 5, member: { cardNumber: '0000000000000000' } }, 'FORBIDDEN'],
  ];
  for (const [what, code] of refusals) expect([what, codeOf(await open(what))]).toEqual([what, code]);
  expect(codeOf(await open({ points: 5 }, nova.operator))).toBe('VALIDATION');
  expect(codeOf(await open({ points: 5 }, await nova.token('AERO')))).toBe('FORBIDDEN');
  const first = await open({ idempotencyKey: 'once', points: 5 });
  const again = await open({ idempotencyKey: 'once', points: 5 });
  expect([first.replayed, again.replayed, again.claim?.id]).toEqual([false, true, first.claim?.id]);
  expect(codeOf(await open({ idempotencyKey: 'once', points: 6 }))).toBe('IDEMPOTENCY_CONFLICT');
  expect(claimOf(await open({ points: 5, member: { id: member.id } }, nova.operator)).status).toBe('OPENED');
});

test('a claim is for its member, the operator, the partner it is about and the one that answers for it', async () => {
  const { id } = claimOf(await open({ points: 5, task: 'CUSTOMER_SERVICE' }));
  const stranger = await nova.enrol();
  const read = (token: string) =>
    nova.app.graphql('query Claim($id: ID!) { node(id: $id) { ... on Claim { id member { displayName } } } }', {
      token,
      variables: { id },
    });
  for (const who of ['AERO', 'CAFE'])
    expect((await read(await nova.token(who))).data).toEqual({ node: { id, member: { displayName: '王*' } } });
  for (const token of [member.token, nova.operator])
    expect((await read(token)).data).toEqual({ node: { id, member: { displayName: '王小明' } } });
  for (const token of [stranger.token, await nova.token('BOOKS')])
    expect((await read(token)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
});

test('a claim is overdue when it was not decided within 24 hours', async () => {
  const mine = claimOf(await open({ points: 5 }));
  const decided = claimOf(await open({ points: 5 }));
  claimOf(await by('AERO', 'resolve-claim', { claimId: decided.id, decision: 'REJECT', reason: '无此交易' }));
  const { claims: soon } = await nova.run<{ claims: { edges: { node: Claim }[] } }>(nova.operator, 'claims', { first: 100 });
  expect(soon.edges.filter(({ node }) => node.isOverdue)).toEqual([]);
  await nova.setClock('2026-01-16T13:00:00+08:00');
  const { claims } = await nova.run<{ claims: { edges: { node: Claim }[] } }>(nova.operator, 'claims', { first: 100 });
  const overdue = claims.edges.filter(({ node }) => node.isOverdue).map(({ node }) => node.id);
  expect(overdue).toContain(mine.id);
  expect(overdue).not.toContain(decided.id);
  // After an escalation the operator has as long again.
  expect(claimOf(await act(member.token, 'escalate-claim', { claimId: decided.id })).isOverdue).toBe(false);
  expect(await nova.faults()).toEqual([]);
});

test('what a partner leaves unanswered for 24 hours the operator may decide in its place', async () => {
  const left = claimOf(await open({ points: 5 }));
  const decide = () => act(nova.operator, 'resolve-claim', { claimId: left.id, decision: 'REJECT', reason: '已补登' });
  expect(codeOf(await decide())).toBe('FORBIDDEN');
  await nova.setClock('2026-01-19T13:00:00+08:00');
  expect(claimOf(await decide())).toMatchObject({ status: 'REJECTED', assignedTo: 'AERO' });
});

test('at most 20 claims of a member are open at once, whoever opens them; a decision makes room', async () => {
  const busy = await nova.enrol();
  const claim = (key?: string, token = busy.token) =>
    open(
      { points: 5, ...(key === undefined ? {} : { idempotencyKey: key }), ...(token === busy.token ? {} : { member: { id: busy.id } }) },
      token,
    );
  const first = claimOf(await claim('the-first'));
  const codes = (await Promise.all(Array.from({ length: 25 }, () => claim()))).map(codeOf);
  expect([codes.filter((code) => code === undefined).length, codes.filter((code) => code === 'CAP_EXCEEDED').length]).toEqual([19, 6]);
  const { userErrors } = await claim(undefined, nova.operator);
  expect(userErrors).toMatchObject([
    { code: 'CAP_EXCEEDED', message: '20 claims of the member are not decided yet: another can be opened once one of them is.' },
  ]);
  expect(await claim('the-first')).toMatchObject({ replayed: true, claim: { id: first.id } });
  expect(codeOf(await open({ points: 5 }))).toBeUndefined();
  claimOf(await by('AERO', 'resolve-claim', { claimId: first.id, decision: 'REJECT', reason: '无此交易' }));
  expect(codeOf(await claim())).toBeUndefined();
  expect(codeOf(await claim())).toBe('CAP_EXCEEDED');

  // 21 claims, page by page, oldest first; and from the end.
  const page = async (args: string) => {
    const { data } = await nova.app.graphql(
      `{ me { claims(${args}) { edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage } } } }`,
      {
        token: busy.token,
      },
    );
    return data.me.claims;
  };
  const all = (await page('first: 100')).edges;
  expect([all.length, all[0].node.id]).toEqual([21, first.id]);
  expect(await page('first: 2')).toEqual({ edges: all.slice(0, 2), pageInfo: { hasNextPage: true, hasPreviousPage: false } });
  expect((await page(`first: 2, after: "${all[1].cursor}"`)).edges).toEqual(all.slice(2, 4));
  expect((await page('last: 2')).edges).toEqual(all.slice(-2));
  expect((await page(`last: 2, before: "${all[2].cursor}"`)).edges).toEqual(all.slice(0, 2));
  const { errors } = await nova.app.graphql('{ me { claims(after: "WyJub3BlIl0") { edges { cursor } } } }', { token: busy.token });
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});

test('a partner that has left answers for nothing more: the operator does', async () => {
  await nova.join('LEFT', { currency: 'LPT' });
  const { partner } = await nova.run<{ partner: { contract: { id: string } } }>(nova.operator, 'partner', { code: 'LEFT' });
  const claim = claimOf(await open({ partner: 'LEFT', points: 5 }));
  expect(claim.assignedTo).toBe('LEFT');
  await nova.operate('give-contract-notice', { contractId: partner.contract.id });
  await nova.setClock('2026-03-20T00:00:00+08:00');
  expect(codeOf(await by('LEFT', 'resolve-claim', { claimId: claim.id, decision: 'APPROVE' }))).toBe('FORBIDDEN');
  expect(claimOf(await open({ partner: 'LEFT', points: 6 })).assignedTo).toBe('OPERATOR');
  expect(claimOf(await by('OPERATOR', 'resolve-claim', { claimId: claim.id, decision: 'REJECT', reason: '商户已退出' })).status).toBe(
    'REJECTED',
  );
});

test('the database keeps a claim whole', async () => {
  const { rows } = nova.app.db;
  const broken: [string, string][] = [
    ['amount_minor = null, points = null', 'a_claim_says_what_is_missing'],
    ["status = 'LOST'", 'a_claim_status_is_known'],
    ["status = 'OPENED', accrual_id = null, resolved_at = now()", 'a_resolved_claim_says_when'],
    ["status = 'APPROVED', accrual_id = null, resolved_at = now()", 'an_approved_claim_has_its_accrual'],
    ['escalated_at = now(), assignee = partner_id', 'an_escalated_claim_is_the_operators'],
  ];
  for (const [change, constraint] of broken)
    await expect(rows(`update exchange.claims set ${change}`)).rejects.toMatchObject({ constraint });
});
