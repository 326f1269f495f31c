import { Client } from 'pg';
import { depositMicros } from '../../src/partners/contracts/clauses/termination/termination.rules.ts';
import { type Input, type Nova, refusal, startNova } from '../support/coalition.ts';
import { type ContractApi, contractApi } from './contract-api.ts';

let nova: Nova;
let api: ContractApi;
beforeAll(async () => {
  nova = await startNova();
  api = contractApi(nova);
});
afterAll(() => nova.stop());

const SCOPE = { scope: { roles: ['ACCEPTOR'] } };
const FEBRUARY = '2026-02-01T00:00:00+08:00';
const accepts = (handlingFeeBps: number) => ({ acceptance: { currencies: ['APT'], handlingFeeBps } });
const newcomer = (code: string) => nova.operate('create-partner', { code, name: code, roles: ['ACCEPTOR'] });
const numberOf = ({ contract }: Awaited<ReturnType<ContractApi['change']>>) => contract?.versions?.edges[0]?.node.number ?? 0;
const draft = (partner: string, more: Input = {}) =>
  api.done('draft-contract', { partner, effectiveFrom: FEBRUARY, clauses: [SCOPE], ...more });
const contractIdOf = async (partner: string) => (await api.read(partner)).id;

test('[L01] a strategic alliance of 36 months is active on its effective date and ends by itself after them', async () => {
  await newcomer('HOTEL');
  const { contract } = await api.done('propose-contract', {
    partner: 'HOTEL',
    effectiveFrom: '2026-01-20T00:00:00+08:00',
    type: 'ALLIANCE',
    termMonths: 36,
    clauses: [SCOPE],
  });
  await api.sign('HOTEL', contract?.id ?? '', 1);
  expect(await api.read('HOTEL')).toMatchObject({
    status: 'SIGNED',
    versions: [
      {
        number: 1,
        status: 'SIGNED_BOTH',
        type: 'ALLIANCE',
        termMonths: 36,
        effectiveFrom: '2026-01-19T16:00:00.000Z',
        effectiveUntil: '2029-01-19T16:00:00.000Z',
      },
    ],
  });
  await nova.setClock('2026-01-20T00:00:00+08:00');
  expect(await api.read('HOTEL')).toMatchObject({ status: 'ACTIVE', versions: [{ status: 'IN_FORCE' }] });
  await nova.setClock('2026-01-15T12:00:00+08:00');
  expect(await nova.faults()).toEqual([]);
});

test('[L17] notes are on record for both, and both have to sign before a version is in force', async () => {
  await newcomer('FRIEND');
  const { contract } = await api.done('propose-contract', {
    partner: 'FRIEND',
    effectiveFrom: '2026-01-01T00:00:00+08:00',
    clauses: [SCOPE],
  });
  const contractId = contract?.id ?? '';
  await api.done('add-contract-note', { contractId, note: 'We are glad to have you.' });
  await api.done('add-contract-note', { contractId, note: 'So are we.' }, 'FRIEND');
  expect(refusal(await api.change('add-contract-note', { contractId, note: 'Hello?' }, 'AERO'))).toBe('FORBIDDEN');
  expect(refusal(await api.change('add-contract-note', { contractId, note: '  ' }, 'FRIEND'))).toBe('VALIDATION');

  const one = await api.done('sign-contract', { contractId, version: 1, note: 'For the board.' }, 'FRIEND');
  expect(one.contract?.status).toBe('SIGNED');
  expect((await api.read('FRIEND')).activeVersion).toBeNull();
  await api.done('sign-contract', { contractId, version: 1 });

  const { status, events, versions } = await api.read('FRIEND');
  expect(status).toBe('ACTIVE');
  expect(versions[0]?.signatures).toMatchObject([
    { party: 'PARTNER', note: 'For the board.' },
    { party: 'OPERATOR', note: null },
  ]);
  expect(events.map(({ at, ...event }) => event)).toEqual([
    { kind: 'SIGNED', party: 'OPERATOR', note: null, version: 1 },
    { kind: 'SIGNED', party: 'PARTNER', note: 'For the board.', version: 1 },
    { kind: 'NOTE_ADDED', party: 'PARTNER', note: 'So are we.', version: null },
    { kind: 'NOTE_ADDED', party: 'OPERATOR', note: 'We are glad to have you.', version: null },
    { kind: 'PROPOSED', party: 'OPERATOR', note: null, version: 1 },
  ]);
  const first = await api.read('FRIEND', { first: 2 });
  expect(first.pageInfo.hasNextPage).toBe(true);
  const rest = await api.read('FRIEND', { first: 10, after: first.pageInfo.endCursor });
  expect([...first.events, ...rest.events]).toEqual(events);
});

test('a draft is seen by the operator alone until it is proposed', async () => {
  await newcomer('QUIET');
  const drafted = await draft('QUIET');
  const contractId = drafted.contract?.id ?? '';
  expect(drafted.contract).toMatchObject({ status: 'DRAFT', versions: { edges: [{ node: { number: 1, status: 'DRAFT', revision: 1 } }] } });
  await api.done('add-contract-note', { contractId, note: 'Not too generous.' });
  const own = await nova.token('QUIET');
  expect((await nova.answer(own, 'my-contract')).data.viewerPartner.contract).toBeNull();
  const asNode = async (token: string) =>
    (await nova.app.graphql('query ($id: ID!) { node(id: $id) { id } }', { token, variables: { id: contractId } })).data?.node;
  expect([await asNode(own), await asNode(nova.operator)]).toEqual([null, { id: contractId }]);
  expect(await api.change('sign-contract', { contractId, version: 1 })).toMatchObject({
    userErrors: [{ code: 'VALIDATION', field: ['input', 'version'] }],
  });
  const none = { userErrors: [{ code: 'VALIDATION', field: ['input', 'contractId'], message: 'There is no such contract.' }] };
  for (const [name, more] of [
    ['sign-contract', { version: 1 }],
    ['reject-contract', { version: 1 }],
    ['add-contract-note', { note: 'Hello?' }],
    ['give-contract-notice', {}],
  ] as const)
    for (const stranger of ['QUIET', 'AERO']) expect(await api.change(name, { contractId, ...more }, stranger)).toMatchObject(none);
  for (const name of ['draft-contract', 'propose-draft', 'suspend-contract'])
    expect(
      refusal(
        await api.change(
          name,
          name === 'draft-contract'
            ? { partner: 'QUIET', effectiveFrom: FEBRUARY, clauses: [SCOPE] }
            : name === 'propose-draft'
              ? { contractId, version: 1 }
              : { contractId },
          'QUIET',
        ),
      ),
    ).toBe('FORBIDDEN');

  await api.done('propose-draft', { contractId, version: 1 });
  expect(await api.read('QUIET')).toMatchObject({ status: 'PROPOSED', versions: [{ number: 1, status: 'PROPOSED' }] });
  expect(refusal(await api.change('propose-draft', { contractId, version: 1 }))).toBe('VALIDATION');
});

test('a draft beside a version in force changes nothing for the partner', async () => {
  await nova.join('BESIDE');
  const before = await api.read('BESIDE');
  await draft('BESIDE');
  expect(await api.read('BESIDE')).toEqual(before);
});

test('a draft is written anew only from the revision that was read', async () => {
  await newcomer('DRAFTED');
  const contractId = (await draft('DRAFTED')).contract?.id ?? '';
  const anew = { contractId, version: 1, effectiveFrom: '2026-03-01T00:00:00+08:00', termMonths: 12, clauses: [SCOPE, accepts(200)] };
  const revised = await api.done('revise-draft', { ...anew, revision: 1 });
  expect(revised.contract?.versions?.edges[0]?.node).toMatchObject({ revision: 2 });
  expect((await api.change('revise-draft', { ...anew, revision: 1 })).userErrors).toMatchObject([
    { code: 'REVISION_CONFLICT', field: ['input', 'revision'], details: { revision: 2 } },
  ]);
  expect((await api.change('revise-draft', { ...anew, revision: 2, clauses: [] })).userErrors).toMatchObject([
    { code: 'VALIDATION', field: ['input', 'clauses'] },
  ]);
  await api.done('propose-draft', { contractId, version: 1 });
  expect(refusal(await api.change('revise-draft', { ...anew, revision: 2 }))).toBe('VALIDATION');
  expect((await api.change('sign-contract', { contractId, version: 1, revision: 1 }, 'DRAFTED')).userErrors).toMatchObject([
    { code: 'REVISION_CONFLICT', details: { revision: 2 } },
  ]);
  await api.done('sign-contract', { contractId, version: 1, revision: 2 }, 'DRAFTED');
  expect((await api.read('DRAFTED')).versions).toMatchObject([
    { revision: 2, effectiveFrom: '2026-02-28T16:00:00.000Z', effectiveUntil: '2027-02-28T16:00:00.000Z', status: 'SIGNED' },
  ]);
});

test('a proposal that is rejected is a draft again and signed by nobody, until both have signed', async () => {
  await newcomer('CHOOSY');
  const { contract } = await api.done('propose-contract', { partner: 'CHOOSY', effectiveFrom: FEBRUARY, clauses: [SCOPE] });
  const which = { contractId: contract?.id ?? '', version: 1 };
  expect(refusal(await api.change('reject-contract', which, 'AERO'))).toBe('FORBIDDEN');
  const rejected = await api.done('reject-contract', { ...which, note: 'Too dear.' }, 'CHOOSY');
  expect(rejected.contract?.status).toBe('DRAFT');
  expect((await api.read('CHOOSY')).events[0]).toMatchObject({ kind: 'REJECTED', party: 'PARTNER', note: 'Too dear.' });

  await api.done('propose-draft', which);
  await api.done('sign-contract', which, 'CHOOSY');
  await api.done('reject-contract', { ...which, note: 'We take it back.' });
  await api.done('propose-draft', which);
  expect(await api.read('CHOOSY')).toMatchObject({ status: 'PROPOSED', versions: [{ status: 'PROPOSED', signatures: [] }] });
  expect(refusal(await api.change('sign-contract', which))).toBe('FORBIDDEN');
  await api.sign('CHOOSY', which.contractId, 1);
  for (const by of [undefined, 'CHOOSY']) expect(refusal(await api.change('reject-contract', which, by))).toBe('VALIDATION');
});

test.each([
  [{ effectiveUntil: '2027-01-01T00:00:00+08:00', termMonths: 12 }, 'termMonths'],
  [{ termMonths: 0 }, 'termMonths'],
  [{ termMonths: 601 }, 'termMonths'],
  [{ effectiveFrom: '2025-12-31T00:00:00+08:00' }, 'effectiveFrom'],
])('terms with %j are refused, proposed or drafted', async (more, field) => {
  for (const name of ['propose-contract', 'draft-contract'])
    expect((await api.change(name, { partner: 'DEPOT', effectiveFrom: FEBRUARY, clauses: [SCOPE], ...more })).userErrors).toMatchObject([
      { code: 'VALIDATION', field: ['input', field] },
    ]);
});

test('a version says what it changes, clause by clause and field by field', async () => {
  await nova.join('CHANGING', { clauses: [SCOPE, { acceptance: { currencies: ['APT', 'BPT'], handlingFeeBps: 300 } }] });
  await api.done('propose-contract', {
    partner: 'CHANGING',
    effectiveFrom: FEBRUARY,
    type: 'PILOT',
    termMonths: 6,
    clauses: [
      { breakage: { issuerBps: 4_000, operatorBps: 6_000 } },
      { acceptance: { currencies: ['APT', 'CPT'], handlingFeeBps: 200, minPoints: 100 } },
      { scope: { roles: ['ACCEPTOR'], channels: ['POS'] } },
    ],
  });
  const [second, first] = (await api.read('CHANGING')).versions;
  const said = second?.changes.filter(({ clause }) => clause !== 'termination') ?? [];
  expect(said.map(({ kind, clause, field, before, after }) => [kind, clause, field, before, after])).toEqual([
    ['CHANGED', null, 'effectiveFrom', '2025-12-31T16:00:00.000Z', '2026-01-31T16:00:00.000Z'],
    ['CHANGED', null, 'effectiveUntil', null, '2026-07-31T16:00:00.000Z'],
    ['CHANGED', null, 'type', 'PARTNERSHIP', 'PILOT'],
    ['CHANGED', null, 'termMonths', null, '6'],
    ['CHANGED', 'scope', 'channels', null, 'POS'],
    ['CHANGED', 'acceptance APT, CPT', 'currencies', 'APT, BPT', 'APT, CPT'],
    ['CHANGED', 'acceptance APT, CPT', 'handlingFeeBps', '300', '200'],
    ['CHANGED', 'acceptance APT, CPT', 'minPoints', null, '100'],
    ['ADDED', 'breakage', 'issuerBps', null, '4000'],
    ['ADDED', 'breakage', 'operatorBps', null, '6000'],
    ['ADDED', 'breakage', 'commonFundBps', null, '0'],
  ]);
  expect(second?.changes.slice(said.length, said.length + 2)).toEqual([
    { kind: 'REMOVED', clause: 'termination', field: 'noticeDays', before: '1', after: null },
    { kind: 'REMOVED', clause: 'termination', field: 'earnEndDays', before: '2', after: null },
  ]);
  expect(first?.changes.every(({ kind, clause }) => kind === 'ADDED' || clause === null)).toBe(true);
});

test('that a later version took the place of an earlier one is no change of the earlier one', async () => {
  await nova.join('REPLACED');
  await nova.amend('REPLACED', FEBRUARY, {});
  expect((await api.read('REPLACED')).versions[0]?.changes.map(({ field }) => field)).toEqual(['effectiveFrom']);
});

test('the differences to any earlier version are told, and to none that there is not', async () => {
  await nova.join('SINCE');
  for (const bps of [100, 300])
    await api.done('propose-contract', { partner: 'SINCE', effectiveFrom: FEBRUARY, clauses: [SCOPE, accepts(bps)] });
  const ask = async (since: number) =>
    nova.app.graphql(
      `{ viewerPartner { contract { versions(first: 1) { edges { node { changes(since: ${since}) { field before after } } } } } } }`,
      { token: await nova.token('SINCE') },
    );
  const fees = (changes: { field: string; before: string; after: string }[]) =>
    changes.filter(({ field }) => field === 'handlingFeeBps').map(({ before, after }) => [before, after]);
  expect(fees((await ask(1)).data.viewerPartner.contract.versions.edges[0].node.changes)).toEqual([['0', '300']]);
  expect(fees((await ask(2)).data.viewerPartner.contract.versions.edges[0].node.changes)).toEqual([['100', '300']]);
  expect((await ask(3)).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});

test('every step answers the same when it is repeated with its key, and refuses another one', async () => {
  await nova.join('TWICE');
  const contractId = await contractIdOf('TWICE');
  const suspend = { idempotencyKey: 'stop', contractId };
  const first = await api.done('suspend-contract', suspend);
  expect(await api.done('suspend-contract', suspend)).toEqual(first);
  expect(refusal(await api.change('suspend-contract', { ...suspend, reason: 'Another.' }))).toBe('IDEMPOTENCY_CONFLICT');
  expect((await api.read('TWICE')).events.filter(({ kind }) => kind === 'SUSPENDED')).toHaveLength(1);
});

test('the deposit of an issuer is its outstanding points at R, of which depositBps, half away from zero', () => {
  expect(depositMicros(150_000n, 20_000n, 8_500)).toBe(2_550_000_000n);
  expect([depositMicros(1n, 1n, 5_000), depositMicros(1n, 1n, 4_999)]).toEqual([1n, 0n]);
});

test('the database refuses what would rewrite the record', async () => {
  await nova.join('KEPT');
  const id = numberOf(await draft('KEPT'));
  const owner = new Client({ connectionString: nova.app.url });
  await owner.connect();
  const broken = async (sql: string) => {
    await owner.query('begin');
    try {
      await owner.query(sql);
      return undefined;
    } catch (error) {
      return (error as { constraint?: string }).constraint;
    } finally {
      await owner.query('rollback');
    }
  };
  const versions = 'update partners.contract_versions set';
  try {
    expect(id).toBe(2);
    for (const sql of [
      "update partners.contract_events set note = 'x'",
      'delete from partners.contract_events',
      'truncate partners.contract_events',
    ])
      expect(await broken(sql)).toBe('contract_history_is_append_only');
    for (const change of [
      "clauses = '[]'",
      'revision = 2',
      "effective_from = '2026-01-02'",
      "type = 'PILOT'",
      "agreed_until = '2027-01-01'",
    ])
      expect(await broken(`${versions} ${change} where proposed_at is not null`)).toBe('only_a_draft_is_revised');
    for (const change of ['operator_signed_at = null', 'proposed_at = null, partner_signed_at = null, operator_signed_at = null'])
      expect(await broken(`${versions} ${change} where operator_signed_at is not null`)).toBe('what_both_signed_stands');
    expect(await broken(`${versions} partner_signed_at = now() where proposed_at is null`)).toBe('a_draft_is_signed_by_nobody');
    expect(await broken(`${versions} agreed_until = '2026-03-01', effective_until = '2026-03-02' where proposed_at is null`)).toBe(
      'a_version_ends_no_later_than_agreed',
    );
    expect(await broken(`${versions} revision = 0 where proposed_at is null`)).toBe('a_revision_counts_from_one');
    expect(await broken(`${versions} type = 'FRIENDSHIP' where proposed_at is null`)).toBe('a_contract_type_is_known');
    expect(await broken(`${versions} term_months = 0 where proposed_at is null`)).toBe('a_term_has_months');
    expect(await broken("update partners.contracts set termination_cause = 'BREACH'")).toBe('a_cause_comes_with_notice');
    const event = (kind: string, party: string, version: string) =>
      `insert into partners.contract_events (contract_id, kind, party, actor, at, version)
       select id, '${kind}', '${party}', 'a', now(), ${version} from partners.contracts limit 1`;
    expect(await broken(event('SUNG', 'OPERATOR', '1'))).toBe('a_contract_event_is_known');
    expect(await broken(event('SIGNED', 'MEMBER', '1'))).toBe('a_contract_has_two_parties');
    expect(await broken(event('SIGNED', 'PARTNER', '99'))).toBe('an_event_is_about_a_version_there_is');
    const noticed = "notice_given_at = '2026-01-01', earn_end = '2026-01-01', burn_end = '2026-01-01', tail_end = '2026-01-01'";
    expect(await broken(`update partners.contracts set ${noticed}, termination_cause = 'WHIM'`)).toBe('a_termination_cause_is_known');
  } finally {
    await owner.end();
  }
});
