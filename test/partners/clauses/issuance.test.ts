import fc from 'fast-check';
import { fundedMicros, pointPriceMicros } from '../../../src/partners/contracts/clauses/issuance/issuance.rules.ts';

const micros = fc.bigInt({ min: 0n, max: 10n ** 12n });

test('a point costs its redemption element and its service element', () => {
  expect(pointPriceMicros({ redemptionElementMicros: 10_000n, serviceElementMicros: 2_000n })).toBe(12_000n);
});

test('funded when issued are all of the redemption element, nothing of it, or the share agreed', () => {
  const redemptionElementMicros = 10_001n;
  const funded = (fundingModel: 'ON_ISSUANCE' | 'ON_REDEMPTION' | 'HYBRID', issueShareBps?: number) =>
    fundedMicros({ fundingModel, redemptionElementMicros, issueShareBps });
  expect([funded('ON_ISSUANCE'), funded('ON_REDEMPTION'), funded('HYBRID', 5_000)]).toEqual([10_001n, 0n, 5_000n]);
  expect([funded('HYBRID', 0), funded('HYBRID', 10_000)]).toEqual([0n, 10_001n]);
});

test('a larger share never funds less, and never more than the whole', () => {
  fc.assert(
    fc.property(micros, fc.integer({ min: 0, max: 9_999 }), (redemptionElementMicros, bps) => {
      const at = (issueShareBps: number) => fundedMicros({ fundingModel: 'HYBRID', redemptionElementMicros, issueShareBps });
      expect(at(bps)).toBeLessThanOrEqual(at(bps + 1));
      expect(at(bps + 1)).toBeLessThanOrEqual(redemptionElementMicros);
    }),
  );
});
