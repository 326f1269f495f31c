import fc from 'fast-check';
import { accrualOf, cny, type Input, type Member, type Nova, redemptionOf, refusal, startNova } from '../support/coalition.ts';
import { type ContractApi, contractApi } from './contract-api.ts';
import { endsOf, hasRoom, inForce, type Model, newModel, putInForce, statusOf, TERMINATION } from './contract-model.ts';

let nova: Nova;
let api: ContractApi;
let member: Member;
beforeEach(async () => {
  nova = await startNova();
  api = contractApi(nova);
  member = await nova.enrol();
});
afterEach(() => nova.stop());

const later = (instant: string | null, seconds: number) => new Date(Date.parse(instant ?? '') + seconds * 1000).toISOString();
const earnAt = (partner: string, occurredAt: string) => nova.earn(partner, member, { amount: cny('100.00'), occurredAt });
const idOf = async (partner: string) => (await api.read(partner)).id;
const stop = async (partner: string) => api.done('suspend-contract', { contractId: await idOf(partner), reason: 'Unpaid.' });

test('[L12] after notice earning stops at earnEnd and burning at burnEnd, while earlier purchases are still taken back', async () => {
  const before = accrualOf(await earnAt('AERO', '2026-01-14T10:00:00+08:00'));
  await api.done('give-contract-notice', { contractId: await idOf('AERO'), reason: 'We part as friends.' }, 'AERO');
  const { status, earnEnd, burnEnd, tailEnd } = await api.read('AERO');
  expect(status).toBe('NOTICE');
  await earnAt('AERO', '2026-01-15T11:00:00+08:00').then(accrualOf);
  const { id: lastHold } = redemptionOf(await nova.hold('AERO', member, 'APT', 100, { holdSeconds: 86_400 }));

  await nova.setClock(later(earnEnd, 60));
  expect(refusal(await earnAt('AERO', later(earnEnd, 1)))).toBe('CONTRACT_ENDED');
  accrualOf(await earnAt('AERO', later(earnEnd, -1)));
  const { id } = redemptionOf(await nova.hold('AERO', member, 'APT', 200));
  redemptionOf(await nova.capture('AERO', id));
  expect((await api.read('AERO')).status).toBe('RUN_OFF');
  expect(refusal(await nova.capture('AERO', lastHold))).toBe('HOLD_EXPIRED');

  await nova.setClock(later(burnEnd, 60));
  expect(refusal(await nova.hold('AERO', member, 'APT', 100))).toBe('CONTRACT_ENDED');
  redemptionOf(await nova.hold('DEPOT', member, 'APT', 100));
  redemptionOf(await nova.refund('AERO', id, { points: 50 }));
  accrualOf(await nova.reverse('AERO', before.id, { points: 500 }));
  expect((await api.read('AERO')).status).toBe('TAIL');

  await nova.setClock(later(tailEnd, 60));
  expect(await api.read('AERO')).toMatchObject({ status: 'TERMINATED', versions: [{ status: 'ENDED' }] });
  expect(await nova.faults()).toEqual([]);
});

test('a suspended partner earns and burns nothing at once, while all that was begun is finished', async () => {
  const earned = accrualOf(await earnAt('AERO', '2026-01-14T10:00:00+08:00'));
  const [held, given, back] = [
    redemptionOf(await nova.hold('AERO', member, 'APT', 100)),
    redemptionOf(await nova.hold('AERO', member, 'APT', 100)),
    redemptionOf(await nova.hold('AERO', member, 'APT', 100)),
  ];
  redemptionOf(await nova.capture('AERO', back.id));
  await stop('AERO');
  expect(refusal(await earnAt('AERO', '2026-01-14T11:00:00+08:00'))).toBe('CONTRACT_NOT_ACTIVE');
  expect(refusal(await nova.hold('AERO', member, 'APT', 100))).toBe('CONTRACT_NOT_ACTIVE');
  redemptionOf(await nova.hold('DEPOT', member, 'APT', 100));

  redemptionOf(await nova.capture('AERO', held.id));
  redemptionOf(await nova.release('AERO', given.id));
  redemptionOf(await nova.refund('AERO', back.id, { points: 40 }));
  accrualOf(await nova.reverse('AERO', earned.id, { points: 300 }));

  await api.done('resume-contract', { contractId: await idOf('AERO') });
  expect((await api.read('AERO')).status).toBe('ACTIVE');
  accrualOf(await earnAt('AERO', '2026-01-14T12:00:00+08:00'));
  await stop('AERO');
  await nova.setClock('2027-02-15T00:00:00+08:00');
  expect((await nova.runJob('EXPIRE_LOTS', '2027-02-15T00:00:00+08:00')).run?.affected).toBeGreaterThan(0);
  expect(await nova.faults()).toEqual([]);
});

test('suspending twice changes nothing, and only what is suspended goes on', async () => {
  const contractId = await idOf('AERO');
  expect(refusal(await api.change('resume-contract', { contractId }))).toBe('VALIDATION');
  await stop('AERO');
  const { suspendedAt } = await api.read('AERO');
  await nova.setClock('2026-01-16T12:00:00+08:00');
  await stop('AERO');
  const { suspendedAt: again, events } = await api.read('AERO');
  expect(again).toBe(suspendedAt);
  expect(events.filter(({ kind }) => kind === 'SUSPENDED')).toMatchObject([{ note: 'Unpaid.' }]);
  expect(refusal(await api.change('resume-contract', { contractId }, 'AERO'))).toBe('FORBIDDEN');
});

test('a suspension survives the notice, which may be given of a suspended contract', async () => {
  await stop('AERO');
  await nova.setClock('2026-01-15T13:00:00+08:00');
  const { contract } = await api.done('give-contract-notice', { contractId: await idOf('AERO') }, 'AERO');
  expect(contract?.status).toBe('NOTICE');
  expect(refusal(await earnAt('AERO', '2026-01-15T10:00:00+08:00'))).toBe('CONTRACT_NOT_ACTIVE');
  await api.done('resume-contract', { contractId: await idOf('AERO') });
  accrualOf(await earnAt('AERO', '2026-01-15T10:00:00+08:00'));
});

test('for a cause of the clause, and only by the operator, a contract ends with suspension at once', async () => {
  await nova.amend('CAFE', '2026-01-15T00:00:00+08:00', {
    currency: 'CPT',
    price: [20_000, 3_500],
    clauses: [
      {
        termination: { noticeDays: 1, earnEndDays: 2, burnEndDays: 4, tailMonths: 1, outstandingPolicy: 'HONOUR', causes: ['NON_PAYMENT'] },
      },
    ],
  });
  const contractId = await idOf('CAFE');
  expect((await api.change('give-contract-notice', { contractId, cause: 'NON_PAYMENT' }, 'CAFE')).userErrors).toMatchObject([
    { code: 'FORBIDDEN', field: ['input', 'cause'] },
  ]);
  expect((await api.change('give-contract-notice', { contractId, cause: 'BREACH' })).userErrors).toMatchObject([
    { code: 'CLAUSE_NOT_GRANTED', field: ['input', 'cause'] },
  ]);
  await api.done('give-contract-notice', { contractId, cause: 'NON_PAYMENT' });
  const own = await api.read('CAFE');
  expect(own).toMatchObject({ status: 'SUSPENDED', terminationCause: 'NON_PAYMENT', suspendedAt: own.noticeGivenAt });
  expect(refusal(await nova.hold('CAFE', member, 'CPT', 100))).toBe('CONTRACT_NOT_ACTIVE');
  expect(refusal(await api.change('resume-contract', { contractId }))).toBe('CONTRACT_ENDED');
  expect((await api.read('CAFE')).status).toBe('SUSPENDED');
  for (const [instant, status] of [
    [own.earnEnd, 'RUN_OFF'],
    [own.burnEnd, 'TAIL'],
    [own.tailEnd, 'TERMINATED'],
  ] as const) {
    await nova.setClock(later(instant, 1));
    expect((await api.read('CAFE')).status).toBe(status);
  }
});

test('a version that ends by its date is run off as its termination clause says, and a new contract may follow the tail', async () => {
  accrualOf(await earnAt('AERO', '2026-01-14T10:00:00+08:00'));
  const clauses = [{ scope: { roles: ['ACCEPTOR'] } }, { acceptance: { currencies: ['APT'] } }, { termination: TERMINATION }];
  await nova.operate('create-partner', { code: 'GUEST', name: 'Guest', roles: ['ACCEPTOR'] });
  const { contract } = await api.done('propose-contract', {
    partner: 'GUEST',
    effectiveFrom: '2026-01-01T00:00:00+08:00',
    effectiveUntil: '2026-02-01T00:00:00+08:00',
    clauses,
  });
  await api.sign('GUEST', contract?.id ?? '', 1);
  expect(await api.read('GUEST')).toMatchObject({
    status: 'ACTIVE',
    noticeGivenAt: null,
    earnEnd: '2026-01-31T16:00:00.000Z',
    burnEnd: '2026-02-07T16:00:00.000Z',
    tailEnd: '2026-03-07T16:00:00.000Z',
  });
  await nova.setClock('2026-02-07T23:00:00+08:00');
  expect((await api.read('GUEST')).status).toBe('RUN_OFF');
  redemptionOf(await nova.capture('GUEST', redemptionOf(await nova.hold('GUEST', member, 'APT', 100)).id));
  await nova.setClock('2026-02-08T00:00:00+08:00');
  expect(refusal(await nova.hold('GUEST', member, 'APT', 100))).toBe('CONTRACT_ENDED');
  expect((await api.read('GUEST')).status).toBe('TAIL');

  const terms = { partner: 'GUEST', effectiveFrom: '2026-03-08T00:00:00+08:00', clauses };
  const pending = await api.done('propose-contract', terms);
  expect(pending.contract?.id).toBe(contract?.id);
  await nova.setClock('2026-03-08T00:00:00+08:00');
  expect((await api.read('GUEST')).status).toBe('TERMINATED');
  expect(refusal(await api.change('sign-contract', { contractId: contract?.id ?? '', version: 2 }, 'GUEST'))).toBe('CONTRACT_ENDED');
  const next = await api.done('draft-contract', terms);
  expect(next.contract?.id).not.toBe(contract?.id);
  expect(await api.read('GUEST')).toMatchObject({ id: contract?.id, status: 'TERMINATED' });
  await api.done('propose-draft', { contractId: next.contract?.id, version: 1 });
  expect(await api.read('GUEST')).toMatchObject({ id: next.contract?.id, status: 'PROPOSED' });
  expect(await nova.faults()).toEqual([]);
});

test('a notice prolongs nothing: earning, burning and tail end no later than by the date that was agreed', async () => {
  await nova.operate('create-partner', { code: 'LINGERS', name: 'Lingers', roles: ['ISSUER', 'ACCEPTOR'] });
  await nova.operate('create-point-currency', { code: 'LPT', name: 'L', issuer: 'LINGERS' });
  const { contract } = await api.done('propose-contract', {
    partner: 'LINGERS',
    effectiveFrom: '2026-01-01T00:00:00+08:00',
    effectiveUntil: '2026-02-10T00:00:00+08:00',
    clauses: [
      { scope: { roles: ['ISSUER', 'ACCEPTOR'] } },
      { issuance: { currency: 'LPT', redemptionElementMicros: 10_000, serviceElementMicros: 0 } },
      { acceptance: { currencies: ['LPT'] } },
      { termination: { noticeDays: 0, earnEndDays: 60, burnEndDays: 62, tailMonths: 1, outstandingPolicy: 'HONOUR' } },
    ],
  });
  await api.sign('LINGERS', contract?.id ?? '', 1);
  const { status: before, noticeGivenAt: none, ...byDate } = await api.read('LINGERS');
  expect([before, none, byDate.earnEnd]).toEqual(['ACTIVE', null, '2026-02-09T16:00:00.000Z']);
  await api.done('give-contract-notice', { contractId: contract?.id ?? '' }, 'LINGERS');
  const { earnEnd, burnEnd, tailEnd } = byDate;
  expect(await api.read('LINGERS')).toMatchObject({ status: 'NOTICE', earnEnd, burnEnd, tailEnd });
  // Until earnEnd nothing changes.
  await nova.setClock('2026-02-09T12:00:00+08:00');
  accrualOf(await nova.earn('LINGERS', member, { points: 500, occurredAt: '2026-02-09T11:00:00+08:00' }));
  await nova.setClock('2026-02-11T23:00:00+08:00');
  expect(refusal(await nova.earn('LINGERS', member, { points: 1, occurredAt: '2026-02-10T00:00:00+08:00' }))).toBe('CONTRACT_ENDED');
  redemptionOf(await nova.hold('LINGERS', member, 'LPT', 10));
  await nova.setClock('2026-02-12T00:00:00+08:00');
  expect(refusal(await nova.hold('LINGERS', member, 'LPT', 10))).toBe('CONTRACT_ENDED');
  expect((await api.read('LINGERS')).status).toBe('TAIL');
  expect(await nova.faults()).toEqual([]);
});

test('a version that follows in time takes the end away', async () => {
  await nova.operate('create-partner', { code: 'STAYS', name: 'Stays', roles: ['ACCEPTOR'] });
  const clauses = [{ scope: { roles: ['ACCEPTOR'] } }, { termination: TERMINATION }];
  const from = { partner: 'STAYS', effectiveFrom: '2026-01-01T00:00:00+08:00', termMonths: 1, clauses };
  const { contract } = await api.done('propose-contract', from);
  await api.sign('STAYS', contract?.id ?? '', 1);
  await nova.setClock('2026-02-03T00:00:00+08:00');
  expect((await api.read('STAYS')).status).toBe('RUN_OFF');
  await api.done('propose-contract', { ...from, effectiveFrom: '2026-02-03T00:00:00+08:00', termMonths: null });
  await api.sign('STAYS', contract?.id ?? '', 2);
  expect(await api.read('STAYS')).toMatchObject({ status: 'ACTIVE', earnEnd: null, burnEnd: null, tailEnd: null });
});

test('without a termination clause nothing follows the end by date', async () => {
  accrualOf(await earnAt('AERO', '2026-01-14T10:00:00+08:00'));
  await nova.operate('create-partner', { code: 'BRIEF', name: 'Brief', roles: ['ACCEPTOR'] });
  const { contract } = await api.done('propose-contract', {
    partner: 'BRIEF',
    effectiveFrom: '2026-01-01T00:00:00+08:00',
    termMonths: 1,
    clauses: [{ scope: { roles: ['ACCEPTOR'] } }, { acceptance: { currencies: ['APT'] } }],
  });
  await api.sign('BRIEF', contract?.id ?? '', 1);
  await nova.setClock('2027-02-01T00:00:00+08:00');
  expect(await api.read('BRIEF')).toMatchObject({ status: 'RUN_OFF', earnEnd: null, burnEnd: null, tailEnd: null });
  expect(refusal(await nova.hold('BRIEF', member, 'APT', 100))).toBe('CONTRACT_ENDED');
});

describe('whatever is done to a contract', () => {
  const START = Date.parse('2026-01-15T00:00:00+08:00');
  const [HOUR, DAY] = [3_600_000, 86_400_000];
  const at = (days: number) => START + days * DAY;
  const iso = (time: number) => new Date(time).toISOString();

  const terms = fc.record({
    from: fc.integer({ min: -10, max: 40 }),
    days: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
    hasTermination: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.constant(false)),
  });
  /** Counts back from the latest version; now and then there is none of that number. */
  const back = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 3 }));
  const one = (...names: string[]) => fc.record({ do: fc.constantFrom(...names), terms, back });
  const step = fc.oneof(
    { weight: 3, arbitrary: one('propose', 'draft') },
    { weight: 4, arbitrary: one('partner', 'both', 'both') },
    { weight: 2, arbitrary: one('proposeDraft', 'reject') },
    { weight: 3, arbitrary: one('suspend', 'resume', 'notice', 'cause') },
  );
  const wait = fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 10 }) },
    fc.integer({ min: 11, max: 50 }),
  );
  const first = fc.record({ do: fc.constant('propose'), terms, back });
  const steps = fc
    .tuple(first, fc.array(fc.record({ step, wait }), { minLength: 4, maxLength: 14 }))
    .map(([opening, others]) => [{ step: opening, wait: 0 }, { step: { ...opening, do: 'both' }, wait: 0 }, ...others]);
  type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

  interface Run {
    readonly partner: string;
    model: Model;
    contractId: string;
  }

  /** Sends one step, expects it to be done or refused as the model says, and does the same to the model. */
  async function take(run: Run, { do: what, terms: { from, days, hasTermination }, back: places }: Step, now: number) {
    const { model, partner } = run;
    const status = statusOf(model, now);
    const isOver = model.noticeAt !== undefined || status === 'TERMINATED';
    const number = model.versions.length - places;
    const version = model.versions[number - 1];
    const isDone = async (name: string, input: Input, by?: string) => {
      const { contract, userErrors } = await api.change(name, { contractId: run.contractId, ...input }, by);
      if (contract !== null) run.contractId = contract.id;
      return userErrors.length === 0;
    };
    if (what === 'propose' || what === 'draft') {
      const input = {
        contractId: undefined,
        partner,
        effectiveFrom: iso(at(from)),
        effectiveUntil: days === undefined ? null : iso(at(from + days)),
        clauses: [{ scope: { roles: ['ACCEPTOR'] } }, ...(hasTermination ? [{ termination: TERMINATION }] : [])],
      };
      const after = status === 'TERMINATED' ? (endsOf(model)?.tail ?? 0) : model.after;
      const isOpen = at(from) >= after && (status === 'TERMINATED' || model.noticeAt === undefined);
      expect(await isDone(what === 'propose' ? 'propose-contract' : 'draft-contract', input)).toBe(isOpen);
      if (!isOpen) return;
      if (status === 'TERMINATED') run.model = newModel(after);
      const until = days === undefined ? Number.POSITIVE_INFINITY : at(from + days);
      run.model.versions.push({ from: at(from), until, hasTermination, proposed: what === 'propose', partner: false, operator: false });
      return;
    }
    if (run.contractId === '') return;
    if (what === 'partner' || what === 'both') {
      const signs = version?.proposed === true && (version.partner || !isOver);
      expect(await isDone('sign-contract', { version: number }, partner)).toBe(signs);
      if (!signs || version === undefined) return;
      version.partner = true;
      if (what === 'partner') return;
      const fits = version.operator || (!isOver && hasRoom(model, version));
      expect(await isDone('sign-contract', { version: number })).toBe(fits);
      if (fits && !version.operator) putInForce(model, version);
    } else if (what === 'proposeDraft') {
      const isDraft = version !== undefined && !version.proposed && !isOver;
      expect(await isDone('propose-draft', { version: number })).toBe(isDraft);
      if (isDraft) version.proposed = true;
    } else if (what === 'reject') {
      const isProposal = version?.proposed === true && !version.operator;
      expect(await isDone('reject-contract', { version: number }, partner)).toBe(isProposal);
      if (isProposal) Object.assign(version, { proposed: false, partner: false });
    } else if (what === 'suspend') {
      const stops = ['ACTIVE', 'SUSPENDED', 'NOTICE', 'RUN_OFF'].includes(status);
      expect(await isDone('suspend-contract', {})).toBe(stops);
      if (stops && !model.suspended) Object.assign(model, { suspended: true, noticeLast: false });
    } else if (what === 'resume') {
      const goesOn = model.suspended && !model.byCause;
      expect(await isDone('resume-contract', {})).toBe(goesOn);
      if (goesOn) model.suspended = false;
    } else {
      const current = model.versions[(inForce(model, now) ?? 0) - 1];
      const ends = model.noticeAt === undefined && current?.hasTermination === true;
      const byCause = what === 'cause';
      expect(await isDone('give-contract-notice', byCause ? { cause: 'BREACH' } : {})).toBe(ends);
      if (ends) Object.assign(model, { noticeAt: now, noticeLast: !byCause, byCause, suspended: model.suspended || byCause });
    }
  }

  test('no two versions are ever in force at once, and its status is where these steps lead', async () => {
    let partners = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        partners += 1;
        const run: Run = { partner: `P${partners}`, model: newModel(), contractId: '' };
        await nova.operate('create-partner', { code: run.partner, name: run.partner, roles: ['ACCEPTOR'] });
        let day = 0;
        for (const [index, { step: next, wait }] of script.entries()) {
          day += wait;
          // Every step has an hour of its own: no two instants that are compared are closer than that.
          const now = at(day) + (index + 1) * HOUR;
          await nova.setClock(iso(now));
          await take(run, next, now);
          if (run.contractId === '') continue;
          const instants = [-5, 0, 10, 20, 30, 60].map((days) => at(days) + HOUR / 2);
          const shown = instants.map((time, n) => `at${n}: activeVersion(at: "${iso(time)}") { number }`).join(' ');
          const { data } = await nova.app.graphql(`query ($id: ID!) { node(id: $id) { ... on Contract { status ${shown} } } }`, {
            token: nova.operator,
            variables: { id: run.contractId },
          });
          const { status, ...active } = data.node;
          expect(status).toBe(statusOf(run.model, now));
          expect(Object.values(active)).toEqual(
            instants.map((time) => {
              const number = inForce(run.model, time);
              return number === undefined ? null : { number };
            }),
          );
        }
      }),
      { numRuns: 20 },
    );
    const overlaps = await nova.app.db.rows(
      `select a.id from partners.contract_versions a join partners.contract_versions b on b.contract_id = a.contract_id and b.number > a.number
       where a.operator_signed_at is not null and b.operator_signed_at is not null
         and tstzrange(a.effective_from, a.effective_until) && tstzrange(b.effective_from, b.effective_until)`,
    );
    expect(overlaps).toEqual([]);
  });
});
