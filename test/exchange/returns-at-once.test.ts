import fc from 'fast-check';
import { toPublicId } from '../../src/kernel/ids.ts';
import { serve, type TestApp } from '../support/app.ts';
import { type AccruePayload, cny, type Input, type Member, type Nova, operation, refusal, startNova } from '../support/coalition.ts';
import { judge, type Purse, type Step } from './returning-model.ts';

const ROUNDS = 7;
const REQUESTS = 48;
/** Fen that a point of AERO costs; its purchases earn ten points a yuan. */
const PRICE = 2;

let nova: Nova;
let other: TestApp;
let members: readonly Member[];
beforeAll(async () => {
  nova = await startNova({ AERO: { currency: 'APT', price: [10_000, 10_000], rules: [{ code: 'R10', flatMilliPointsPerUnit: 10_000 }] } });
  other = await serve(nova.app.url);
  members = await Promise.all(Array.from({ length: 6 }, () => nova.enrol()));
});
afterAll(async () => {
  await other.stop();
  await nova.stop();
});

/** A request, whose wallet it is about, and what is sent. */
interface Sent {
  readonly member: number;
  readonly step: Step;
  readonly input: Input;
}

type Answer = Pick<AccruePayload, 'balance' | 'replayed' | 'userErrors'> & Partial<Pick<AccruePayload, 'accrual' | 'exposure'>>;

interface Answered extends Sent {
  readonly answer: Answer;
}

const draw = fc.record({
  kind: fc.constantFrom<Step['kind'] | 'again' | 'renamed' | 'conflict'>(
    ...(['accrue', 'accrue', 'accrue', 'hold', 'confirm', 'confirm', 'cancel'] as const),
    ...(['reverse', 'reverse', 'reverse', 'reverse', 'again', 'renamed', 'conflict'] as const),
  ),
  member: fc.nat(),
  which: fc.nat(),
  points: fc.integer({ min: 1, max: 60 }),
  flag: fc.boolean(),
  all: fc.boolean(),
});
type Drawn = typeof draw extends fc.Arbitrary<infer T> ? T : never;

const EMPTY: Purse = { available: 0, pending: 0, accruals: new Map() };
/** Of the members' wallets as the model has them, the latest; the accruals; and what was done under each key and name. */
const purses: Purse[] = [];
const known: { readonly id: string; readonly member: number; readonly hasAmount: boolean }[] = [];
const done = new Map<string, Answered>();

const keyOf = ({ step, input }: Sent): string => `${step.kind} ${input.idempotencyKey}`;
const nameOf = ({ step, input }: Sent): string | undefined =>
  step.kind === 'reverse' && input.externalId ? `name ${input.externalId}` : undefined;
const bodyOf = ({ input: { idempotencyKey: _, ...body } }: Sent): string => JSON.stringify(body);

function toSent(drawn: Drawn, earlier: readonly Sent[]): Sent {
  const { kind, which, points, flag, all } = drawn;
  const idempotencyKey = nova.newKey();
  const before = earlier[which % earlier.length];
  if (kind === 'again' && before !== undefined) return before;
  if (kind === 'conflict' && before !== undefined && 'id' in before.step) {
    const { id } = before.step;
    const hasAmount = known.find((one) => one.id === id)?.hasAmount;
    const others = known.filter((one) => one.id !== id && one.hasAmount === hasAmount);
    const target = others[which % others.length];
    // at times under the same key, else under the same name
    const input = { ...before.input, accrualId: target?.id, ...(!flag && { idempotencyKey }) };
    if (target !== undefined) return { member: target.member, step: { ...before.step, id: target.id }, input };
  }
  const returns = earlier.filter((sent) => nameOf(sent) !== undefined);
  const renamed = returns[which % returns.length];
  if (kind === 'renamed' && renamed !== undefined) return { ...renamed, input: { ...renamed.input, idempotencyKey } };
  const target = known[which % known.length];
  if (target !== undefined && (kind === 'confirm' || kind === 'cancel'))
    return { member: target.member, step: { kind, id: target.id }, input: { idempotencyKey, accrualId: target.id } };
  if (target !== undefined && kind === 'reverse') {
    const { id, member, hasAmount } = target;
    const externalId = flag ? `RETURN-${idempotencyKey}` : undefined;
    // A purchase comes back by its amount or by its points, never by both: what comes back is at least a point then.
    const how = hasAmount ? { minor: 10 * points } : { points: all ? undefined : points };
    const input = { ...('minor' in how ? { returnedAmount: { minor: String(how.minor), currency: 'CNY' } } : how), externalId };
    return { member, step: { kind, id, ...how }, input: { idempotencyKey, accrualId: id, ...input } };
  }
  const at = drawn.member % members.length;
  const { id } = members[at] as Member;
  if (kind === 'hold') {
    const input = { idempotencyKey, member: { id }, currency: 'APT', points, orderExternalId: idempotencyKey };
    return { member: at, step: { kind, points }, input };
  }
  const input = nova.accrueInput(members[at] as Member, {
    ...(all ? { amount: cny('10.00') } : { points: 100 }),
    ...(flag && { confirm: 'MANUAL' }),
  });
  return { member: at, step: { kind: 'accrue', points: 100, amount: all ? 1_000 : 0, isPromised: flag }, input };
}

const documentOf = (kind: Exclude<Step['kind'], 'hold'>): string => {
  const [field, input] = {
    accrue: ['accrue', 'AccrueInput'],
    confirm: ['confirmAccrual', 'AccrualRefInput'],
    cancel: ['cancelAccrual', 'AccrualRefInput'],
    reverse: ['reverseAccrual', 'ReverseAccrualInput'],
  }[kind];
  return `mutation Change($input: ${input}!) {
    changed: ${field}(input: $input) {
      accrual { id status points reversedPoints }
      balance { available pending version }
      exposure { used { minor } }
      replayed
      userErrors { code field message details }
    }
  }`;
};

async function send(app: TestApp, { step, input }: Sent): Promise<Answer> {
  const [partner, document] = step.kind === 'hold' ? ['DEPOT', operation('hold-redemption')] : ['AERO', documentOf(step.kind)];
  const { data, errors } = await app.graphql(document, { token: await nova.token(partner), variables: { input } });
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return Object.values<Answer>(data)[0] as Answer;
}

const said = ({ accrual, balance }: Answer) => ({
  ...(accrual && { status: accrual.status, points: accrual.points, reversed: accrual.reversedPoints }),
  available: balance?.available,
  pending: balance?.pending,
});

/** What the model says of a request in some state, in the same words; or why it refuses. */
function foretold(purse: Purse, step: Step): ReturnType<typeof said> | string {
  const judged = judge(purse, step);
  if ('refused' in judged) return judged.refused;
  const { available, pending } = judged.purse;
  const { earned } = judged;
  return { ...(earned && { status: earned.status, points: earned.points, reversed: earned.reversed }), available, pending };
}

const isDone = ({ answer }: Answered): boolean => refusal(answer) === undefined && !answer.replayed;
const versionOf = ({ answer: { balance } }: Answered): number => Number(balance?.version);

/** What was done to a wallet is what the model does in the order of its versions; what was refused or changed nothing would be so at some point between. */
function check(member: number, answers: readonly Answered[]): void {
  const states = [purses[member] as Purse];
  const rest: Answered[] = [];
  for (const one of answers.filter(isDone).toSorted((a, b) => versionOf(a) - versionOf(b))) {
    const newId = one.answer.accrual?.id;
    const step = one.step.kind === 'accrue' && newId !== undefined ? { ...one.step, newId } : one.step;
    const before = states.at(-1) as Purse;
    const judged = judge(before, step);
    if ('refused' in judged || judged.purse === before) {
      rest.push(one);
      continue;
    }
    expect(said(one.answer)).toEqual(foretold(before, step));
    states.push(judged.purse);
    if (one.step.kind === 'accrue' && newId !== undefined) known.push({ id: newId, member, hasAmount: one.step.amount > 0 });
  }
  purses[member] = states.at(-1) as Purse;
  for (const one of rest) expect(states.map((purse) => foretold(purse, one.step))).toContainEqual(said(one.answer));
  for (const one of answers.filter(({ answer }) => refusal(answer) !== undefined && refusal(answer) !== 'IDEMPOTENCY_CONFLICT'))
    expect(states.map((purse) => foretold(purse, one.step))).toContain(refusal(one.answer));
}

/** Of requests under one key or name one is done; the same again is answered with it, and another in conflict with it. */
function checkKeys(answers: readonly Answered[]): void {
  for (const one of answers.filter(isDone)) {
    for (const name of [keyOf(one), nameOf(one)]) {
      if (name === undefined) continue;
      expect(done.has(name)).toBe(false);
      done.set(name, one);
    }
  }
  for (const one of answers) {
    const firsts = [keyOf(one), nameOf(one)].flatMap((name) => (name === undefined ? [] : (done.get(name) ?? [])));
    if (one.answer.replayed) {
      const first = firsts.find((other) => bodyOf(other) === bodyOf(one));
      expect({ ...first?.answer, replayed: true }).toEqual(one.answer);
    } else if (refusal(one.answer) === 'IDEMPOTENCY_CONFLICT') {
      expect(firsts.some((first) => bodyOf(first) !== bodyOf(one))).toBe(true);
    }
  }
}

/** Each exposure is what the book had for the partner right after the posting that the wallet's version tells. */
async function checkExposures(answers: readonly Answered[]): Promise<void> {
  const rows = await nova.app.db.rows<{ owner: string; version: bigint; micros: bigint }>(
    `select w.owner, e.version, p.available_after + coalesce((p.aside).pending_after, 0) as micros
     from ledger.accounts a join ledger.entries p on p.account_id = a.id
     join ledger.entries e on e.posting_id = p.posting_id join ledger.accounts w on w.id = e.account_id and w.kind = 'WALLET'
     where a.kind = 'PARTNER' and a.owner = (select id from partners.partners where code = 'AERO')`,
  );
  const minor = new Map(rows.map(({ owner, version, micros }) => [`${toPublicId('Member', owner)} ${version}`, String(-micros / 10_000n)]));
  const shown = answers.filter((one) => isDone(one) && one.step.kind !== 'hold' && 'exposure' in one.answer);
  const ofEntry = (one: Answered) => minor.get(`${members[one.member]?.id} ${versionOf(one)}`);
  // what changed nothing shows the version of another
  const changed = shown.filter((one) => one.step.kind === 'reverse' || one.step.kind === 'accrue');
  expect(changed.map(({ answer }) => answer.exposure?.used.minor)).toEqual(changed.map(ofEntry));
}

test('whatever is earned, confirmed, cancelled and returned at the same moment through two processes comes out as one after the other', async () => {
  const seed = Date.now() % 2 ** 31;
  const size = { minLength: REQUESTS, maxLength: REQUESTS, size: 'max' } as const;
  const rounds = fc.sample(fc.array(draw, size), { numRuns: ROUNDS, seed });
  for (const [at] of members.entries()) purses[at] = EMPTY;
  const counted = new Map<string, number>();
  try {
    for (const round of rounds) {
      const sent: Sent[] = [];
      for (const drawn of round) sent.push(toSent(drawn, [...sent, ...[...done.values()].slice(-20)]));
      const answers = await Promise.all(
        sent.map(async (one, at) => ({ ...one, answer: await send(at % 2 === 0 ? nova.app : other, one) })),
      );
      for (const [at] of members.entries())
        check(
          at,
          answers.filter(({ member }) => member === at),
        );
      checkKeys(answers);
      await checkExposures(answers);
      for (const { answer, step } of answers) {
        const what = answer.replayed ? 'replayed' : (refusal(answer) ?? step.kind);
        counted.set(what, (counted.get(what) ?? 0) + 1);
      }
    }
    // and what is stored is what the model has
    for (const [at, { available, pending }] of purses.entries())
      expect(await nova.balanceOf(members[at] as Member, 'APT')).toMatchObject({ available, pending });
    const left = purses.flatMap(({ accruals }) => [...accruals.values()]).filter(({ status }) => status !== 'CANCELLED');
    const owed = left.reduce((sum, { points, reversed }) => sum + points - reversed, 0) * PRICE;
    expect((await nova.positionOf('AERO')).exposure.used.minor).toBe(String(owed));
    expect(await nova.faults()).toEqual([]);
  } catch (error) {
    throw new Error(`seed ${seed}: ${error}`, { cause: error });
  }
  for (const what of ['accrue', 'hold', 'confirm', 'cancel', 'reverse', 'replayed', 'IDEMPOTENCY_CONFLICT', 'REVERSAL_EXCEEDS_ORIGINAL'])
    expect([...counted.keys()]).toContain(what);
});
