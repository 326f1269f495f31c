import fc from 'fast-check';
import { debitFor } from '../../src/exchange/conversion/exchange-terms.rules.ts';
import { creditedFor } from '../../src/partners/contracts/clauses/exchange/exchange.rules.ts';
import { type Nova, refusal, startNova } from '../support/coalition.ts';
import { type Exchanging, exchange, exchangeOf, exchanging, quoteOf } from './exchange-api.ts';

let nova: Nova;
let api: Exchanging;
beforeAll(async () => {
  nova = await startNova({
    AERO: { clauses: [exchange('APT', 'BPT'), exchange('APT', 'CPT', { feePoints: 3 })] },
    BOOKS: { clauses: [exchange('BPT', 'APT', { spreadBps: 300 })] },
    CAFE: { clauses: [exchange('CPT', 'APT', { spreadBps: 0 })] },
  });
  api = exchanging(nova);
  await nova.join('CAPPED', { currency: 'KPT', clauses: [exchange('KPT', 'BPT', { capPerCycle: 1000 })] });
  await nova.join('DAILY', { currency: 'DPT', clauses: [exchange('DPT', 'BPT', { perMemberDayPoints: 1000 })] });
});
afterAll(() => nova.stop());

const count = (codes: readonly (string | undefined)[], code: string | undefined) => codes.filter((one) => one === code).length;

test('of twenty executions of one quote at the same moment one is done', async () => {
  const member = await api.memberWith({ AERO: 1000 });
  const quote = quoteOf(await api.quote(member, 'APT', 'BPT', 40));
  const codes = (await Promise.all(Array.from({ length: 20 }, () => api.execute(member.token, quote.id)))).map(refusal);
  expect([count(codes, undefined), count(codes, 'QUOTE_EXPIRED')]).toEqual([1, 19]);
  expect(await nova.balanceOf(member, 'APT')).toMatchObject({ available: 960 });
  expect(await nova.faults()).toEqual([]);
});

test('of twenty requests with one key one is done, and all are answered alike', async () => {
  const member = await api.memberWith({ AERO: 1000 });
  const quote = quoteOf(await api.quote(member, 'APT', 'BPT', 40));
  const key = nova.newKey();
  const answers = await Promise.all(Array.from({ length: 20 }, () => api.execute(member.token, quote.id, key)));
  expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect(new Set(answers.map((answer) => JSON.stringify({ ...answer, replayed: true }))).size).toBe(1);
});

test('fifty exchanges at the same moment never pass the cap of the cycle', async () => {
  const members = await Promise.all(Array.from({ length: 25 }, () => api.memberWith({ CAPPED: 200 })));
  const quotes = await Promise.all(
    [...members, ...members].map(async (member) => ({ member, quote: quoteOf(await api.quote(member, 'KPT', 'BPT', 45)) })),
  );
  const codes = (await Promise.all(quotes.map(({ member, quote }) => api.execute(member.token, quote.id)))).map(refusal);
  // 22 x 45 = 990
  expect([count(codes, undefined), count(codes, 'CAP_EXCEEDED')]).toEqual([22, 28]);
  expect(await api.quote(members[0] ?? (await nova.enrol()), 'KPT', 'BPT', 11)).toMatchObject({
    userErrors: [{ details: { remaining: 10 } }],
  });
  expect(await nova.faults()).toEqual([]);
});

test('fifty exchanges of one member at the same moment never pass the cap of the day', async () => {
  const member = await api.memberWith({ DAILY: 5000 });
  const quotes = await Promise.all(Array.from({ length: 50 }, async () => quoteOf(await api.quote(member, 'DPT', 'BPT', 45))));
  const codes = (await Promise.all(quotes.map(({ id }) => api.execute(member.token, id)))).map(refusal);
  expect([count(codes, undefined), count(codes, 'CAP_EXCEEDED')]).toEqual([22, 28]);
  expect(await nova.balanceOf(member, 'DPT')).toMatchObject({ available: 5000 - 990 });
  expect(await nova.faults()).toEqual([]);
});

test('exchanges there and back at the same moment, with holds between, stop nobody and lose nothing', async () => {
  const members = await Promise.all(Array.from({ length: 6 }, () => api.memberWith({ AERO: 2000, BOOKS: 2000 })));
  const work = members.flatMap((member) => [
    api.exchange(member, 'APT', 'BPT', 100),
    api.exchange(member, 'BPT', 'APT', 100),
    api.exchange(member, 'APT', 'CPT', 100),
    nova.hold('DEPOT', member, 'BPT', 50),
  ]);
  expect((await Promise.all(work)).map(refusal).filter((code) => code !== undefined)).toEqual([]);
  expect(await nova.faults()).toEqual([]);
});

test('whatever is exchanged, value is conserved and nobody gains by going round', async () => {
  const worth: Readonly<Record<string, bigint>> = { APT: 10_000n, BPT: 5_000n, CPT: 20_000n };
  const pair = fc.constantFrom(['APT', 'BPT'], ['APT', 'CPT'], ['BPT', 'APT'], ['CPT', 'APT']);
  const steps = fc.array(fc.record({ pair, points: fc.integer({ min: 1, max: 700 }) }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(steps, async (exchanges) => {
      const member = await api.memberWith({ AERO: 1000, BOOKS: 1000, CAFE: 1000 });
      const value = async () => {
        const balances = await Promise.all(
          Object.keys(worth).map(async (code) => [code, (await nova.balanceOf(member, code)).available] as const),
        );
        return balances.reduce((sum, [code, points]) => sum + BigInt(points) * (worth[code] ?? 0n), 0n);
      };
      let before = await value();
      for (const {
        pair: [from = '', to = ''],
        points,
      } of exchanges) {
        const quoted = await api.quote(member, from, to, points);
        if (quoted.quote === null) continue;
        const done = exchangeOf(await api.execute(member.token, quoted.quote.id));
        const after = await value();
        // what the member lost is the spread and the fee, and never less than nothing
        expect(before - after).toBe(BigInt(done.spreadMicros) + BigInt(done.feeMicros));
        expect(after).toBeLessThanOrEqual(before);
        before = after;
      }
    }),
    { numRuns: 8 },
  );
  expect(await nova.faults()).toEqual([]);
});

test('the smallest debit is enough, and one step less is not', () => {
  const some = (min: number, max: number) => fc.bigInt(BigInt(min), BigInt(max));
  const terms = fc.record({
    rate: fc.record({ numerator: some(1, 1_000_000), denominator: some(1, 1_000_000) }),
    spreadBps: fc.integer({ min: 0, max: 9_999 }),
    feePoints: some(0, 1000),
  });
  const clause = fc.record({
    minPoints: fc.option(some(0, 5000), { nil: undefined }),
    increment: fc.option(some(1, 700), { nil: undefined }),
  });
  fc.assert(
    fc.property(terms, clause, some(1, 1_000_000), (exchanged, limits, wanted) => {
      const debited = debitFor(exchanged, limits, wanted);
      if (debited === undefined) throw new Error('there is always a debit');
      const { minPoints = 0n, increment = 1n } = limits;
      expect(debited % increment).toBe(0n);
      expect(debited >= minPoints).toBe(true);
      expect(creditedFor(exchanged, exchanged.rate, debited) >= wanted).toBe(true);
      const less = debited - increment;
      expect(less < minPoints || creditedFor(exchanged, exchanged.rate, less) < wanted).toBe(true);
    }),
  );
});
