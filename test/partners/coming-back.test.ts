import { Client } from 'pg';
import { accrualOf, type Input, type Nova, refusal, startNova } from '../support/coalition.ts';
import { type ContractApi, contractApi } from './contract-api.ts';

let nova: Nova;
let api: ContractApi;
beforeEach(async () => {
  nova = await startNova();
  api = contractApi(nova);
});
afterEach(() => nova.stop());

const STARTS_AT = '2026-01-01T00:00:00+08:00';
const NOW = '2026-01-15T12:00:00+08:00';
const leaving = (burnEndDays: number) => ({
  termination: { noticeDays: 0, earnEndDays: 0, burnEndDays, tailMonths: 0, outstandingPolicy: 'HONOUR' },
});
const clausesOf = (reimbursementMicros: string, more: readonly Input[] = []) => [
  { scope: { roles: ['ACCEPTOR'] } },
  { acceptance: { currencies: ['APT'], reimbursementMicros } },
  ...more,
];
const propose = (partner: string, effectiveFrom: string, clauses: readonly Input[], more: Input = {}) =>
  api.change('propose-contract', { partner, effectiveFrom, clauses, ...more });
const newcomer = (code: string) => nova.operate('create-partner', { code, name: code, roles: ['ACCEPTOR'] });

/** A partner with an open contract, of which notice was given just now. Answers when its tail ends. */
async function leave(code: string, burnEndDays = 0): Promise<string> {
  await newcomer(code);
  const { contract } = await propose(code, STARTS_AT, clausesOf('10000', [leaving(burnEndDays)]));
  await api.sign(code, contract?.id ?? '', 1);
  await api.done('give-contract-notice', { contractId: contract?.id ?? '' });
  return (await api.read(code)).tailEnd ?? '';
}

test('a partner that comes back begins when its contract before is over, proposed, drafted, revised or signed', async () => {
  const tailEnd = await leave('BACK');
  const early = new Date(Date.parse(tailEnd) - 1).toISOString();
  const tooEarly = { userErrors: [{ code: 'VALIDATION', field: ['input', 'effectiveFrom'] }] };
  const clauses = clausesOf('10000');
  for (const name of ['propose-contract', 'draft-contract'])
    for (const effectiveFrom of [early, STARTS_AT])
      expect(await api.change(name, { partner: 'BACK', effectiveFrom, clauses })).toMatchObject(tooEarly);
  const drafted = await api.done('draft-contract', { partner: 'BACK', effectiveFrom: tailEnd, clauses });
  const contractId = drafted.contract?.id ?? '';
  expect(await api.change('revise-draft', { contractId, version: 1, revision: 1, effectiveFrom: early, clauses })).toMatchObject(tooEarly);
  await api.done('propose-draft', { contractId, version: 1 });
  expect(await propose('BACK', early, clauses)).toMatchObject(tooEarly);
  await api.sign('BACK', contractId, 1);

  // The old contract is open on paper and ends with its tail; what was agreed of its end is not rewritten.
  const rows = await nova.app.db.rows<{ no: number; until: Date | null; agreed: Date | null }>(
    `select c.no, v.effective_until as until, v.agreed_until as agreed
     from partners.contract_versions v join partners.contracts c on c.id = v.contract_id join partners.partners p on p.id = c.partner_id
     where p.code = 'BACK' order by c.no`,
  );
  expect(rows).toMatchObject([
    { until: new Date(tailEnd), agreed: null },
    { until: null, agreed: null },
  ]);
  expect(await api.read('BACK')).toMatchObject({ id: contractId, status: 'ACTIVE' });
  expect(await nova.faults()).toEqual([]);
});

test('a draft that begins before the tail of the contract before is neither proposed nor signed', async () => {
  const tailEnd = await leave('HASTY', 1);
  await nova.setClock('2026-01-20T12:00:00+08:00');
  const { contract } = await api.done('draft-contract', {
    partner: 'HASTY',
    effectiveFrom: '2026-01-20T00:00:00+08:00',
    clauses: clausesOf('10000'),
  });
  const which = { contractId: contract?.id ?? '', version: 1 };
  const owner = new Client({ connectionString: nova.app.url });
  await owner.connect();
  try {
    // The end of the old contract cannot move through the API.
    const moveTail = (to: string) =>
      owner.query(`update partners.contracts set burn_end = $1, tail_end = $1 where notice_given_at is not null and tail_end <> $1`, [to]);
    const reload = () => nova.operate('update-partner', { code: 'HASTY', name: 'Hasty' });
    await moveTail('2026-01-20T11:00:00+08:00');
    await reload();
    const tooEarly = { userErrors: [{ code: 'VALIDATION', field: ['input', 'effectiveFrom'] }] };
    expect(await api.change('propose-draft', which)).toMatchObject(tooEarly);
    await moveTail(tailEnd);
    await reload();
    await api.done('propose-draft', which);
    await api.done('sign-contract', which, 'HASTY');
    await moveTail('2026-01-20T11:00:00+08:00');
    await reload();
    expect(await api.change('sign-contract', which)).toMatchObject(tooEarly);
  } finally {
    await owner.end();
  }
});

test('two versions of a partner in force at the same instant are refused by the database, also in two contracts', async () => {
  await newcomer('TWICE');
  const { contract } = await propose('TWICE', STARTS_AT, clausesOf('10000'));
  await api.sign('TWICE', contract?.id ?? '', 1);
  const owner = new Client({ connectionString: nova.app.url });
  await owner.connect();
  try {
    await owner.query(
      `insert into partners.contracts (id, partner_id, created_at) select gen_random_uuid(), id, now() from partners.partners where code = 'TWICE'`,
    );
    const second = owner.query(
      `insert into partners.contract_versions (id, contract_id, contract_no, number, clauses, proposed_at, partner_signed_at, operator_signed_at, effective_from)
       select gen_random_uuid(), id, no, 1, '[]', now(), now(), now(), '2026-02-01' from partners.contracts order by no desc limit 1`,
    );
    await expect(second).rejects.toMatchObject({ constraint: 'versions_in_force_do_not_overlap' });
  } finally {
    await owner.end();
  }
});

test('leaving and coming back is no way past the notice for what gets worse', async () => {
  const tailEnd = await leave('DETOUR', 3);
  await nova.setClock(tailEnd);
  const worse = (effectiveFrom: string) => propose('DETOUR', effectiveFrom, clausesOf('1000'));
  // It took points until the tail ended; thirty days are promised.
  expect(await worse(tailEnd)).toMatchObject({
    userErrors: [
      { code: 'NOTICE_TOO_SHORT', details: { before: '10000 micros per point', after: '1000 micros per point', earliest: '2026-02-17' } },
    ],
  });
  expect(refusal(await propose('DETOUR', tailEnd, clausesOf('10000')))).toBeUndefined();
  expect(refusal(await worse('2026-02-17T00:00:00+08:00'))).toBeUndefined();
});

test('a partner that has left is judged as one that never took part', async () => {
  await newcomer('WEAK');
  const { contract } = await propose('WEAK', STARTS_AT, clausesOf('10000', [leaving(3)]));
  await api.sign('WEAK', contract?.id ?? '', 1);
  await nova.operate('score-partner', { partner: 'WEAK', strategicFit: 1, complementarity: 1, brandReputation: 1, operatingAbility: 1 });
  expect(refusal(await propose('WEAK', NOW, clausesOf('10000', [leaving(3)])))).toBeUndefined();
  await api.done('give-contract-notice', { contractId: contract?.id ?? '' });
  const { tailEnd } = await api.read('WEAK');
  await nova.setClock(tailEnd ?? '');
  expect(refusal(await propose('WEAK', tailEnd ?? '', clausesOf('10000')))).toBe('APPROVAL_REQUIRED');
});

test('a partner whose contract is over publishes no rule, while it may still write a note', async () => {
  await nova.join('RULER', { currency: 'RPT', clauses: [leaving(0)], rules: [{ code: 'RULE', flatMilliPointsPerUnit: 1000 }] });
  const member = await nova.enrol();
  accrualOf(await nova.earn('RULER', member, { points: 10 }));
  const contractId = (await api.read('RULER')).id;
  const publish = async (partner: string | undefined) =>
    refusal(
      await api.change(
        'publish-earn-rule',
        { code: 'RULE', partner: 'RULER', currency: 'RPT', effectiveFrom: '2026-03-01T00:00:00+08:00', flatMilliPointsPerUnit: 2000 },
        partner,
      ),
    );
  expect(await publish('RULER')).toBeUndefined();
  await api.done('give-contract-notice', { contractId }, 'RULER');
  expect((await api.read('RULER')).status).toBe('TERMINATED');
  expect(await publish('RULER')).toBe('CONTRACT_ENDED');
  await api.done('add-contract-note', { contractId, note: 'It was a pleasure.' }, 'RULER');
  expect(await nova.faults()).toEqual([]);
});
