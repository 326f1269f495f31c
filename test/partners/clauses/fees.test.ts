import { isLate, platformFeeMinor } from '../../../src/partners/contracts/clauses/fees/fees.rules.ts';
import { faultOf } from './clause-fault.ts';

const HOUR = 3_600_000;
const cny = (minor: bigint) => ({ minor, currency: 'CNY' });

test.each([
  ['before the hours have run', 72, 72 * HOUR - 1, false],
  ['exactly when they have', 72, 72 * HOUR, false],
  ['a moment later', 72, 72 * HOUR + 1, true],
  ['at once, where nothing is free', 0, 0, false],
  ['a moment later, where nothing is free', 0, 1, true],
  ['a year later, where no fee was agreed', undefined, 8760 * HOUR, false],
])('a report %s', (_, lateSubmissionHours, delay, late) => {
  const occurredAt = new Date('2026-01-10T10:00:00+08:00');
  expect(isLate({ lateSubmissionHours }, occurredAt, new Date(occurredAt.getTime() + delay))).toBe(late);
});

test('the platform costs what was agreed in each version, and nothing where nothing was', () => {
  expect([cny(50_000n), cny(60_000n), undefined].map((platformFeePerCycle) => platformFeeMinor({ platformFeePerCycle }))).toEqual([
    50_000n,
    60_000n,
    0n,
  ]);
});

const LATE = { lateSubmissionHours: 72, lateSubmissionFee: cny(100n) };
const PLATFORM = { platformFeePerCycle: cny(50_000n) };

test.each([
  ['both fees', { ...LATE, ...PLATFORM }],
  ['late reports alone', LATE],
  ['the platform alone', PLATFORM],
  ['no free hour', { ...LATE, lateSubmissionHours: 0 }],
])('%s may be agreed', (_, clause) => {
  expect(faultOf('fees', clause)).toBeUndefined();
});

test.each([
  ['no fee', {}, 'platformFeePerCycle'],
  ['hours without a fee', { ...PLATFORM, lateSubmissionHours: 72 }, 'lateSubmissionFee'],
  ['a fee without hours', { lateSubmissionFee: cny(100n) }, 'lateSubmissionHours'],
  ['negative hours', { ...LATE, lateSubmissionHours: -1 }, 'lateSubmissionHours'],
  ['more hours than a year has', { ...LATE, lateSubmissionHours: 8785 }, 'lateSubmissionHours'],
  ['a negative fee', { ...LATE, lateSubmissionFee: cny(-1n) }, 'lateSubmissionFee.minor'],
  ['a fee in foreign money', { ...LATE, lateSubmissionFee: { minor: 1n, currency: 'USD' } }, 'lateSubmissionFee'],
  ['a fee of more than the book can hold', { ...LATE, lateSubmissionFee: cny(10n ** 13n + 1n) }, 'lateSubmissionFee'],
  ['a platform that costs more than the book can hold', { platformFeePerCycle: cny(10n ** 13n + 1n) }, 'platformFeePerCycle'],
  ['a platform paid in foreign money', { platformFeePerCycle: { minor: 1n, currency: 'USD' } }, 'platformFeePerCycle'],
])('%s is refused', (_, clause, path) => {
  expect(faultOf('fees', clause)).toBe(`clauses.1.fees.${path}`);
});

test('a version has one', () => {
  expect(faultOf('fees', LATE, PLATFORM)).toBe('clauses.2.fees');
});
