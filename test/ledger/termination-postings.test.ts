import fc from 'fast-check';
import { wallet } from '../../src/ledger/account.ts';
import type { Posting } from '../../src/ledger/posting.ts';
import {
  depositPaid,
  depositReturned,
  drawnFromDeposit,
  type EndedLot,
  lotsBoughtBack,
  lotsConverted,
} from '../../src/ledger/postings/termination.ts';

const [PARTNER, MEMBER] = ['00000000-0000-7000-8000-00000000000a', '00000000-0000-7000-8000-00000000000b'];
const FACTS = { contractId: '00000000-0000-7000-8000-00000000000c', partnerId: PARTNER, occurredAt: new Date(0) };
const FROM = { memberId: MEMBER, currencyNo: 1 };

const lots: fc.Arbitrary<EndedLot[]> = fc.array(
  fc.record({
    lotId: fc.uuid(),
    issuer: fc.constant(PARTNER),
    points: fc.bigInt({ min: 1n, max: 10n ** 9n }),
    // A point may have become cheaper than what was paid in for it.
    redemptionMicros: fc.bigInt({ min: 0n, max: 10n ** 6n }),
    fundedMicros: fc.bigInt({ min: 0n, max: 10n ** 6n }),
  }),
  { minLength: 1, maxLength: 5 },
);

/** What a posting leaves over in each unit: nothing. */
function leftOver({ entries }: Posting): bigint[] {
  const units = Map.groupBy(entries, ({ account }) => account.unit);
  return [...units.values()].map((legs) => legs.reduce((sum, { available = 0n }) => sum + available, 0n)).filter((sum) => sum !== 0n);
}

const ofPool = ({ entries }: Posting, currencyNo: number): bigint =>
  entries
    .filter(({ account }) => account.kind === 'POOL' && account.topic === currencyNo)
    .reduce((sum, { available = 0n }) => sum + available, 0n);
const funded = (taken: readonly EndedLot[]): bigint => taken.reduce((sum, lot) => sum + lot.points * lot.fundedMicros, 0n);

test('whatever points were worth, buying them back balances, and the pool loses just what was paid into it for them', () => {
  fc.assert(
    fc.property(lots, fc.bigInt({ min: 0n, max: 10n ** 12n }), (taken, drawn) => {
      const posting = lotsBoughtBack(FACTS, FROM, taken);
      expect(leftOver(posting)).toEqual([]);
      expect(ofPool(posting, 1)).toBe(-funded(taken));
      expect(leftOver(drawnFromDeposit(posting, PARTNER, drawn))).toEqual([]);
    }),
  );
});

test('whatever points were worth, converting them balances: one pool loses what was paid in, the other gains what the new points need', () => {
  fc.assert(
    fc.property(lots, fc.bigInt({ min: 1n, max: 10n ** 6n }), (taken, redemptionMicros) => {
      const opens = taken.map((lot) => ({
        id: lot.lotId,
        wallet: wallet(MEMBER, 2),
        issuer: PARTNER,
        origin: 'CONVERSION' as const,
        earnedAt: new Date(0),
        expiresAt: undefined,
        points: (lot.points * lot.redemptionMicros) / redemptionMicros,
        redemptionMicros,
        fundedMicros: redemptionMicros,
        parent: lot.lotId,
      }));
      const posting = lotsConverted(FACTS, FROM, 2, taken, opens);
      expect(leftOver(posting)).toEqual([]);
      expect(ofPool(posting, 1)).toBe(-funded(taken));
      expect(ofPool(posting, 2)).toBe(opens.reduce((sum, lot) => sum + lot.points * redemptionMicros, 0n));
      const dust = posting.entries
        .filter(({ account }) => account.kind === 'OPERATOR')
        .reduce((sum, { available = 0n }) => sum + available, 0n);
      // Less than one new point for each lot.
      expect(dust >= 0n && dust < redemptionMicros * BigInt(taken.length)).toBe(true);
    }),
  );
});

test('a deposit comes from the partner and goes back to it', () => {
  expect(leftOver(depositPaid(FACTS, 5n))).toEqual([]);
  const [paid, returned] = [depositPaid(FACTS, 5n).entries, depositReturned(FACTS, 5n).entries];
  expect(returned).toEqual(paid.map(({ account, available = 0n }) => ({ account, available: -available })));
});
