import fc from 'fast-check';
import { toPublicId } from '../../src/kernel/ids.ts';
import { serve, type TestApp } from '../support/app.ts';
import { type Input, type Member, type Nova, operation, type RedemptionPayload, refusal, startNova } from '../support/coalition.ts';
import { availableOf, type Burn, burnedAt, heldOf, judge, type Limits, type Purse, type Step, type Wish } from './burning-model.ts';

const ROUNDS = 8;
const REQUESTS = 48;
const PARTNERS = ['DEPOT', 'DAILY'];
const LIMITS: Limits = { DAILY: 60 };
const TEA = 12;
const DOCUMENTS = {
  hold: 'hold-redemption',
  reward: 'redeem-reward',
  capture: 'capture-redemption',
  refund: 'refund-redemption',
  void: 'void-redemption',
} as const;

let nova: Nova;
let other: TestApp;
let members: readonly Member[];
beforeAll(async () => {
  nova = await startNova({ DEPOT: { acceptance: { currencies: ['APT'] } } });
  await nova.join('DAILY', { acceptance: { perMemberDayPoints: LIMITS.DAILY } });
  await nova.operate('publish-reward', { partner: 'DEPOT', code: 'TEA', name: '茶', kind: 'PRODUCT', currency: 'APT', points: TEA });
  other = await serve(nova.app.url);
  members = await Promise.all(Array.from({ length: 4 }, () => nova.enrol()));
  const days = ['2026-01-03', '2026-01-05', '2026-01-07'];
  for (const member of members)
    for (const day of days) await nova.earn('AERO', member, { points: 50, occurredAt: `${day}T10:00:00+08:00` });
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

interface Answered extends Sent {
  readonly answer: RedemptionPayload;
}

const draw = fc.record({
  kind: fc.constantFrom<Wish['kind'] | 'again' | 'conflict'>(
    ...(['hold', 'hold', 'hold', 'reward', 'capture', 'capture', 'capture', 'refund', 'refund', 'void', 'again', 'conflict'] as const),
  ),
  member: fc.nat(),
  partner: fc.constantFrom('DEPOT', 'DAILY'),
  points: fc.integer({ min: 1, max: 30 }),
  whole: fc.boolean(),
  byCard: fc.boolean(),
  which: fc.nat(),
});
type Drawn = typeof draw extends fc.Arbitrary<infer T> ? T : never;

/** Of the members' wallets as the model has them, the latest; and what was done under each key. */
const purses: Purse[] = [];
const known: { readonly id: string; readonly member: number; readonly partner: string }[] = [];
const done = new Map<string, Answered>();
const keyOf = ({ step, input }: Sent): string => `${step.partner} ${step.kind} ${input.idempotencyKey}`;
const bodyOf = ({ input }: Sent): string => JSON.stringify(input);

function toSent(drawn: Drawn, earlier: readonly Sent[]): Sent {
  const { kind, partner, which } = drawn;
  if ((kind === 'again' || kind === 'conflict') && earlier.length > 0) {
    const sent = earlier[which % earlier.length] as Sent;
    if (kind === 'again' || sent.step.kind === 'void' || sent.step.kind === 'reward') return sent;
    if (sent.step.kind === 'hold' && drawn.whole) {
      const member = (sent.member + 1) % members.length;
      return { ...sent, member, input: { ...sent.input, member: { id: members[member]?.id } } };
    }
    const points = (sent.step.points ?? 0) + 1;
    return { ...sent, step: { ...sent.step, points }, input: { ...sent.input, points } };
  }
  const idempotencyKey = nova.newKey();
  const target = known[which % known.length];
  const points = drawn.whole ? undefined : drawn.points;
  if (target !== undefined && (kind === 'capture' || kind === 'refund' || kind === 'void')) {
    // now and then another partner's
    const by = which % 11 === 0 ? partner : target.partner;
    const wish: Wish = kind === 'void' ? { kind, id: target.id } : { kind, id: target.id, points };
    return {
      member: target.member,
      step: { ...wish, partner: by },
      input: { idempotencyKey, redemptionId: target.id, ...(kind !== 'void' && { points }) },
    };
  }
  const member = drawn.member % members.length;
  const { id, cardNumber } = members[member] as Member;
  const named = drawn.byCard ? { cardNumber } : { id };
  if (kind === 'reward')
    return {
      member,
      step: { kind, partner: 'DEPOT', points: TEA },
      input: { idempotencyKey, member: named, reward: { partner: 'DEPOT', code: 'TEA' } },
    };
  return {
    member,
    step: { kind: 'hold', partner, points: drawn.points },
    input: { idempotencyKey, member: named, currency: 'APT', points: drawn.points, orderExternalId: idempotencyKey },
  };
}

async function send(app: TestApp, { step, input }: Sent): Promise<RedemptionPayload> {
  const token = await nova.token(step.partner);
  const { data, errors } = await app.graphql(operation(DOCUMENTS[step.kind]), { token, variables: { input } });
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return Object.values<RedemptionPayload>(data)[0] as RedemptionPayload;
}

/** What an answer says of a redemption and the balance after it, in the words of the model. */
function toSaid({ redemption, balance }: RedemptionPayload) {
  const { status, heldPoints, capturedPoints, releasedPoints, refundedPoints, allocations } = redemption as NonNullable<typeof redemption>;
  const parts = allocations.map(({ expiresAt, points }) => ({ expiresAt: expiresAt ?? '', points }));
  return {
    burn: { status, held: heldPoints, captured: capturedPoints, released: releasedPoints, refunded: refundedPoints, parts },
    available: balance?.available,
    held: balance?.held,
  };
}

const ofModel = (purse: Purse, { partner: _, ...burn }: Burn) => ({ burn, available: availableOf(purse), held: heldOf(purse) });

/** What was done to a wallet is what the model does in the order of its versions; what was refused would be at some point between. */
function check(member: number, answers: readonly Answered[]): void {
  const changes = answers
    .filter(({ answer }) => answer.redemption !== null && !answer.replayed)
    .toSorted((a, b) => Number(a.answer.balance?.version) - Number(b.answer.balance?.version));
  const states = [purses[member] as Purse];
  for (const one of changes) {
    const newId = one.answer.redemption?.id;
    const judged = judge(states.at(-1) as Purse, { ...one.step, newId }, LIMITS);
    expect(judged).toHaveProperty('purse');
    if ('refused' in judged) return;
    expect(toSaid(one.answer)).toEqual(ofModel(judged.purse, judged.burn));
    states.push(judged.purse);
    expect(done.has(keyOf(one))).toBe(false);
    done.set(keyOf(one), one);
    if (newId !== undefined && !('id' in one.step)) known.push({ id: newId, member, partner: one.step.partner });
  }
  purses[member] = states.at(-1) as Purse;
  for (const one of answers.filter(({ answer }) => answer.redemption === null)) {
    const code = refusal(one.answer);
    if (code === 'IDEMPOTENCY_CONFLICT') continue;
    const possible = states
      .map((purse) => judge(purse, one.step, LIMITS))
      .flatMap((judged) => ('refused' in judged ? [judged.refused] : []));
    expect(possible).toContain(code);
  }
}

/** An answer without what is told as it is now: whether it is the first, and what a reward still entitles to. */
function asAtFirst({ redemption, balance, userErrors }: RedemptionPayload) {
  return { redemption: { ...redemption, entitlement: undefined }, balance, userErrors };
}

/** Of requests under one key one is done; the same again is answered with it, and another in conflict with it. */
function checkKeys(answers: readonly Answered[], before: ReadonlySet<string>): void {
  for (const one of answers) {
    const first = done.get(keyOf(one));
    const code = refusal(one.answer);
    if (one.answer.replayed) {
      expect(first && bodyOf(first)).toBe(bodyOf(one));
      expect(asAtFirst(one.answer)).toEqual(first && asAtFirst(first.answer));
    } else if (code === 'IDEMPOTENCY_CONFLICT') expect(first && bodyOf(first)).not.toBe(bodyOf(one));
    else if (before.has(keyOf(one))) throw new Error(`done again under one key: ${bodyOf(one)}`);
  }
}

test('whatever is redeemed at the same moment through two processes comes out as one after the other', async () => {
  const seed = Date.now() % 2 ** 31;
  const size = { minLength: REQUESTS, maxLength: REQUESTS, size: 'max' } as const;
  const rounds = fc.sample(fc.array(draw, size), { numRuns: ROUNDS, seed });
  const rows = await lots();
  for (const [at] of members.entries()) purses[at] = { lots: rows[at] ?? [], burns: new Map() };
  const codes = new Map<string, number>();
  try {
    for (const round of rounds) {
      const sent: Sent[] = [];
      for (const drawn of round) sent.push(toSent(drawn, [...sent, ...[...done.values()].slice(-20)]));
      const before = new Set(done.keys());
      const answers = await Promise.all(
        sent.map(async (one, at) => ({ ...one, answer: await send(at % 2 === 0 ? nova.app : other, one) })),
      );
      for (const [at] of members.entries())
        check(
          at,
          answers.filter(({ member }) => member === at),
        );
      checkKeys(answers, before);
      for (const { answer, step } of answers) {
        const what = answer.replayed ? 'replayed' : `${refusal(answer) === undefined ? step.kind : refusal(answer)}`;
        codes.set(what, (codes.get(what) ?? 0) + 1);
      }
    }
    // and what is stored is what the model has
    expect(await lots()).toEqual(purses.map((purse) => purse.lots));
    for (const [at, purse] of purses.entries())
      expect(await nova.balanceOf(members[at] as Member, 'APT')).toMatchObject({ available: availableOf(purse), held: heldOf(purse) });
    for (const partner of PARTNERS) {
      const points = purses.reduce((sum, purse) => sum + burnedAt(purse, partner), 0);
      expect((await nova.positionOf(partner)).netPosition.minor).toBe(String(points));
    }
    expect(await nova.faults()).toEqual([]);
  } catch (error) {
    throw new Error(`seed ${seed}: ${error}`, { cause: error });
  }
  for (const kind of [
    'hold',
    'reward',
    'capture',
    'refund',
    'void',
    'replayed',
    'IDEMPOTENCY_CONFLICT',
    'HOLD_RESOLVED',
    'REDEMPTION_LIMIT',
  ])
    expect([...codes.keys()]).toContain(kind);
});

/** What each member's lots have, the first to expire first. */
async function lots(): Promise<{ expiresAt: string; points: number }[][]> {
  const rows = await nova.app.db.rows<{ owner: string; expires_at: Date; available: bigint }>(
    `select a.owner, l.expires_at, l.available from ledger.lots l join ledger.accounts a on a.id = l.account_id
     where l.available > 0 order by l.expires_at`,
  );
  const byOwner = Map.groupBy(rows, ({ owner }) => toPublicId('Member', owner));
  return members.map(({ id }) =>
    (byOwner.get(id) ?? []).map(({ expires_at, available }) => ({ expiresAt: expires_at.toISOString(), points: Number(available) })),
  );
}
