import fc from 'fast-check';
import { exchangePoints } from '../../src/exchange/conversion/exchange-points.ts';
import { payWithExchange } from '../../src/exchange/conversion/pay-with-exchange.ts';
import { quoteExchange } from '../../src/exchange/conversion/quote-exchange.ts';
import { transferPoints } from '../../src/exchange/transfer/transfer-points.ts';
import { NO_ID, parseIdOf } from '../../src/kernel/ids.ts';
import type { Outcome } from '../../src/kernel/refusal.ts';
import type { Postponed } from '../../src/platform/batching/gather.ts';
import { sideBySide } from '../../src/platform/batching/side-by-side.ts';
import { type Tx, transact } from '../../src/platform/database.ts';
import { attemptOf } from '../../src/platform/idempotency.ts';
import { serve, type TestApp } from '../support/app.ts';
import { type Input, type Member, type Nova, operation, startNova, type UserError } from '../support/coalition.ts';
import { type Exchanging, exchange, exchanging } from './exchange-api.ts';
import { givingAt } from './giving-api.ts';

const CAPS = { capPerCycle: 2_500, perMemberDayPoints: 600 };
const MOST_GIVEN = 300;
const MEMBERS = 6;
const POINTS = 500;

let nova: Nova;
let api: Exchanging;
let other: TestApp;
let shopId: string;
beforeAll(async () => {
  nova = await startNova({}, { LOG_LEVEL: 'silent' });
  api = exchanging(nova);
  for (const code of ['K', 'L', 'M'])
    await nova.join(`OF${code}`, { currency: `${code}PT`, clauses: [exchange(`${code}PT`, 'BPT', CAPS)] });
  await nova.join('TIGHT', { currency: 'TPT', clauses: [exchange('TPT', 'BPT', { spreadBps: 0, capPerCycle: 400 })] });
  await nova.join('SHOP', { acceptance: { currencies: ['BPT'] } });
  await givingAt(nova).allow({ perMemberDayPoints: MOST_GIVEN });
  other = await serve(nova.app.url);
  const [shop] = await nova.app.db.rows<{ id: string }>("select id from partners.partners where code = 'SHOP'");
  shopId = shop?.id ?? '';
});
afterAll(async () => {
  await other.stop();
  await nova.stop();
});

const withPoints = (partner: string) => Promise.all(Array.from({ length: MEMBERS }, () => api.memberWith({ [partner]: POINTS })));
const draw = fc.record({
  kind: fc.constantFrom('exchange', 'exchange', 'pay', 'pay', 'give', 'quote'),
  member: fc.nat(MEMBERS - 1),
  to: fc.nat(MEMBERS - 1),
  points: fc.integer({ min: 1, max: 160 }),
});
type Drawn = typeof draw extends fc.Arbitrary<infer T> ? T : never;

/** The same members with the same points of the same terms. */
interface Side {
  readonly currency: string;
  readonly members: readonly Member[];
}

type Answer = Outcome<unknown>;
type Work = (tx: Tx) => Promise<Answer>;

/** What is drawn as a use case of one side. A quote that is executed is asked for before. */
async function toWork({ currency, members }: Side, { kind, member, to, points }: Drawn): Promise<Work> {
  const [{ id }, receiver] = [members[member], members[to]] as [Member, Member];
  const viewer = { role: 'MEMBER', memberId: parseIdOf('Member', id) ?? NO_ID } as const;
  const attempt = attemptOf(`member:${id}`, kind, { idempotencyKey: nova.newKey() });
  const key = (one: Member) => ({ done: { kind: 'id', value: one.id } }) as const;
  const wanted = { caller: viewer, member: undefined, from: currency, to: 'BPT', points: BigInt(points) };
  if (kind === 'quote') return (tx) => quoteExchange(tx, wanted);
  if (kind === 'give') {
    const gift = {
      attempt,
      viewer,
      from: key(members[member] as Member),
      to: key(receiver),
      currency,
      points: BigInt(points),
      note: undefined,
    };
    return (tx) => transferPoints(tx, gift);
  }
  if (kind === 'pay') {
    const purchase = {
      member: key(members[member] as Member),
      from: currency,
      currency: 'BPT',
      points: BigInt(points),
      maxDebited: undefined,
    };
    const order = { partnerId: shopId, orderExternalId: 'ORDER', orderAmount: undefined, channel: 'POS', locationId: undefined } as const;
    return (tx) => payWithExchange(tx, { attempt, ...purchase, ...order });
  }
  const quoted = await transact(nova.app.db, (tx) => quoteExchange(tx, wanted));
  const quoteId = 'done' in quoted ? quoted.done.id : NO_ID;
  return (tx) => exchangePoints(tx, { attempt, caller: viewer, quoteId });
}

/**
 * Does works together, those that are postponed after the others, and answers in which order they were done: who only reads, before those of its
 * group that write.
 */
async function together(works: readonly Work[], onlyReads: (at: number) => boolean): Promise<{ order: number[]; answers: Answer[] }> {
  const [order, answers]: [number[], Answer[]] = [[], []];
  let waiting = works.map((work, at) => ({ work, at }));
  while (waiting.length > 0) {
    const group = waiting;
    const outcomes: readonly (Answer | Postponed)[] = await transact(nova.app.db, (tx) =>
      sideBySide(
        tx,
        group.map(({ work }) => work),
      ),
    );
    waiting = group.filter((_, n) => 'waitsFor' in (outcomes[n] ?? {}));
    const done = group.flatMap(({ at }, n) => {
      const outcome = outcomes[n];
      return outcome === undefined || 'waitsFor' in outcome ? [] : [{ at, outcome }];
    });
    for (const { at, outcome } of done) answers[at] = outcome;
    for (const reads of [true, false]) order.push(...done.flatMap(({ at }) => (onlyReads(at) === reads ? [at] : [])));
  }
  return { order, answers };
}

/** What can be told apart: how many points of either currency, or why none. */
function toldBy(answer: Answer | undefined): unknown {
  if (answer === undefined || 'refused' in answer)
    return answer?.refused && [answer.refused.code, answer.refused.field, answer.refused.details];
  const found: Record<string, unknown>[] = [];
  JSON.stringify(answer.done, (name, value: unknown) => {
    if (['debited', 'credited', 'available', 'spreadMicros', 'capturedPoints', 'points'].includes(name))
      found.push({ [name]: String(value) });
    return typeof value === 'bigint' ? value.toString() : value;
  });
  return found;
}

test('a group is answered as if it were done one after the other: caps, points and gifts', async () => {
  const [grouped, alone]: [Side, Side] = [
    { currency: 'KPT', members: await withPoints('OFK') },
    { currency: 'LPT', members: await withPoints('OFL') },
  ];
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(fc.array(draw, { minLength: 12, maxLength: 16 }), async (drawn) => {
      const [works, twins]: [Work[], Work[]] = [[], []];
      for (const one of drawn) {
        works.push(await toWork(grouped, one));
        twins.push(await toWork(alone, one));
      }
      const { order, answers } = await together(works, (at) => drawn[at]?.kind === 'quote');
      for (const at of order) {
        const twin = twins[at];
        const expected = twin && (await transact(nova.app.db, twin));
        expect([drawn[at], toldBy(answers[at])]).toEqual([drawn[at], toldBy(expected)]);
        const code = expected !== undefined && 'refused' in expected ? expected.refused.code : 'done';
        seen.set(code, (seen.get(code) ?? 0) + 1);
      }
    }),
    { numRuns: 8, seed: 20_260_115, endOnFailure: true, includeErrorInReport: true },
  );
  // and all of it was seen
  for (const code of ['done', 'CAP_EXCEEDED', 'INSUFFICIENT_POINTS']) expect([code, (seen.get(code) ?? 0) > 4]).toEqual([code, true]);
  expect(await nova.faults()).toEqual([]);
});

test('the cap of a cycle is granted in order: what does not fit and what fails for another reason leaves it to those after', async () => {
  const members = await Promise.all(
    Array.from({ length: 8 }, (_, at) => (at === 3 || at === 5 ? nova.enrol() : api.memberWith({ TIGHT: 300 }))),
  );
  const side = { currency: 'TPT', members };
  // of TPT, for twice as many of BPT
  const wanted = [100, 250, 60, 50, 40, 20, 10, 1];
  const works = await Promise.all(wanted.map((points, member) => toWork(side, { kind: 'pay', member, to: member, points: 2 * points })));
  const { order, answers } = await together(works, () => false);
  expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(answers.map((answer) => ('refused' in answer ? [answer.refused.code, answer.refused.details] : 'done'))).toEqual([
    'done',
    'done',
    ['CAP_EXCEEDED', { limit: 400, remaining: 50 }],
    ['INSUFFICIENT_POINTS', { available: 0, required: 50 }],
    'done',
    ['CAP_EXCEEDED', { limit: 400, remaining: 10 }],
    'done',
    ['CAP_EXCEEDED', { limit: 400, remaining: 0 }],
  ]);
  expect(await nova.faults()).toEqual([]);
});

interface Payload {
  readonly exchange?: { readonly debited: number; readonly credited: number } | null;
  readonly redemption?: { readonly capturedPoints: number } | null;
  readonly transfer?: { readonly points: number } | null;
  readonly quote?: { readonly id: string } | null;
  readonly userErrors: readonly UserError[];
}

test('two processes at the same moment exchange, pay and give exactly what the caps and the points let them', async () => {
  const members = await withPoints('OFM');
  const shop = await nova.token('SHOP');
  const purses = members.map(() => ({ mpt: POINTS, bpt: 0, given: 0, exchanged: 0 }));
  const refusals: { readonly error: UserError; readonly drawn: Drawn; readonly least: number }[] = [];
  let used = 0;
  let at = 0;

  async function send(token: string, name: string, input: Input): Promise<Payload> {
    at += 1;
    const app = at % 2 === 0 ? nova.app : other;
    const answer = await app.graphql(operation(name), { token, variables: { input } });
    expect(answer.errors).toBeUndefined();
    return Object.values(answer.data)[0] as Payload;
  }

  async function act(drawn: Drawn): Promise<void> {
    const { kind, points } = drawn;
    const [mine, theirs] = [purses[drawn.member], purses[drawn.to]];
    const [member, receiver] = [members[drawn.member], members[drawn.to]];
    if (mine === undefined || theirs === undefined || member === undefined) throw new Error('there is no such member');
    const idempotencyKey = nova.newKey();
    if (kind === 'give') {
      const answer = await send(member.token, 'transfer-points', { idempotencyKey, to: { id: receiver?.id }, currency: 'MPT', points });
      refusals.push(...answer.userErrors.map((error) => ({ error, drawn, least: points })));
      const given = answer.transfer?.points ?? 0;
      mine.mpt -= given;
      theirs.mpt += given;
      mine.given += given;
      return;
    }
    // of every quote twice, as a client does that got no answer and lost its key
    const answers =
      kind === 'pay'
        ? [
            await send(shop, 'pay-with-exchange', {
              idempotencyKey,
              member: { id: member.id },
              from: 'MPT',
              currency: 'BPT',
              points,
              orderExternalId: 'O',
            }),
          ]
        : await (async () => {
            const { quote, userErrors } = await send(member.token, 'quote-exchange', { from: 'MPT', to: 'BPT', points });
            if (quote === undefined || quote === null) return [{ userErrors }];
            if (kind === 'quote') return [];
            const executions = [idempotencyKey, nova.newKey()].map((key) =>
              send(member.token, 'exchange-points', { idempotencyKey: key, quoteId: quote.id }),
            );
            return Promise.all(executions);
          })();
    expect(answers.filter(({ userErrors }) => userErrors.length === 0).length).toBeLessThanOrEqual(1);
    const least = kind === 'pay' ? Math.ceil(points / 1.9) : points;
    for (const { exchange, redemption, userErrors } of answers) {
      refusals.push(...userErrors.map((error) => ({ error, drawn, least })));
      const debited = exchange?.debited ?? 0;
      used += debited;
      mine.exchanged += debited;
      mine.mpt -= debited;
      mine.bpt += (exchange?.credited ?? 0) - (redemption?.capturedPoints ?? 0);
    }
  }

  for (const round of [1, 2, 3]) await Promise.all(fc.sample(draw, { seed: round, numRuns: 40 }).map(act));
  expect(used).toBeLessThanOrEqual(CAPS.capPerCycle);
  for (const [n, { mpt, bpt, given, exchanged }] of purses.entries()) {
    const balances = await Promise.all(['MPT', 'BPT'].map((currency) => nova.balanceOf(members[n] as Member, currency)));
    expect(balances.map(({ available }) => available)).toEqual([mpt, bpt]);
    expect([given <= MOST_GIVEN, exchanged <= CAPS.perMemberDayPoints]).toEqual([true, true]);
  }
  // What was refused did not fit: what counts toward a cap only grows.
  for (const { error, drawn, least } of refusals) {
    const purse = purses[drawn.member];
    const counted = new Map([
      [CAPS.capPerCycle, used],
      [CAPS.perMemberDayPoints, purse?.exchanged ?? 0],
      [MOST_GIVEN, purse?.given ?? 0],
    ]);
    const { limit, remaining, available, required } = (error.details ?? {}) as Readonly<Record<string, number | undefined>>;
    if (error.code === 'CAP_EXCEEDED') expect((counted.get(limit ?? -1) ?? 0) + least).toBeGreaterThan(limit ?? 0);
    if (error.code === 'CAP_EXCEEDED') expect(remaining).toBeLessThan(least);
    if (error.code === 'INSUFFICIENT_POINTS') expect(available).toBeLessThan(required ?? 0);
  }
  const reasons = new Set(refusals.map(({ error }) => error.code));
  expect([...reasons].filter((code) => !['CAP_EXCEEDED', 'INSUFFICIENT_POINTS', 'QUOTE_EXPIRED', 'VALIDATION'].includes(code))).toEqual([]);
  expect(refusals.filter(({ error }) => error.code === 'VALIDATION').every(({ drawn }) => drawn.member === drawn.to)).toBe(true);
  expect(await nova.faults()).toEqual([]);
});
