import { type Contract, type ContractVersion, lastVersionBy, statusAt } from '../../src/partners/contracts/contract.rules.ts';
import { versionFor } from '../../src/partners/contracts/grants.rules.ts';
import { timelineOf } from '../../src/partners/contracts/timeline.rules.ts';

const day = (number: number) => new Date(Date.UTC(2026, 0, number));
const version = (number: number, from: number, until?: number, signed = true): ContractVersion => ({
  id: `v${number}`,
  number,
  revision: 1,
  type: 'PARTNERSHIP',
  termMonths: undefined,
  clauses: [],
  proposedAt: day(1),
  partnerSignedAt: day(1),
  partnerNote: undefined,
  operatorSignedAt: signed ? day(1) : undefined,
  operatorNote: undefined,
  effectiveFrom: day(from),
  agreedUntil: undefined,
  effectiveUntil: until === undefined ? undefined : day(until),
});
const contract = (more: Partial<Contract>): Contract => ({
  id: 'c',
  no: 1,
  partnerId: 'p',
  versions: [version(1, 5, 10), version(2, 10)],
  wasProposed: true,
  suspendedAt: undefined,
  noticeGivenAt: undefined,
  terminationCause: undefined,
  earnEnd: undefined,
  burnEnd: undefined,
  tailEnd: undefined,
  ...more,
});

test.each([
  ['before the first version', {}, 4, 'CONTRACT_NOT_ACTIVE'],
  ['at the first instant of a version', {}, 5, 1],
  ['at the instant at which the next takes over', {}, 10, 2],
  ['of a version that the operator has not signed', { versions: [version(1, 5, undefined, false)] }, 6, 'CONTRACT_NOT_ACTIVE'],
  ['after the last version', { versions: [version(1, 5, 10)] }, 10, 'CONTRACT_ENDED'],
  ['from the suspension on', { suspendedAt: day(12) }, 12, 'CONTRACT_NOT_ACTIVE'],
  ['for what happened before the suspension, while it lasts', { suspendedAt: day(12) }, 11, 'CONTRACT_NOT_ACTIVE'],
] as const)('earning and burning %s', (_, more, at, expected) => {
  for (const purpose of ['EARN', 'BURN'] as const) {
    const outcome = versionFor(contract(more), purpose, day(at));
    expect('done' in outcome ? outcome.done.number : outcome.refused.code).toBe(expected);
  }
});

test('after notice earning ends first and burning later, by the time of the purchase', () => {
  const noticed = contract({ noticeGivenAt: day(11), earnEnd: day(15), burnEnd: day(20), tailEnd: day(30) });
  expect(versionFor(noticed, 'EARN', day(14))).toHaveProperty('done');
  expect(versionFor(noticed, 'EARN', day(15))).toMatchObject({ refused: { code: 'CONTRACT_ENDED' } });
  expect(versionFor(noticed, 'BURN', day(19))).toHaveProperty('done');
  expect(versionFor(noticed, 'BURN', day(20))).toMatchObject({ refused: { code: 'CONTRACT_ENDED' } });
});

test('between two versions nothing is burned, also after notice: only the last is run off', () => {
  const noticed = { noticeGivenAt: day(6), earnEnd: day(8), burnEnd: day(30), tailEnd: day(31) };
  const gap = contract({ versions: [version(1, 5, 10), version(2, 20)], ...noticed });
  expect([9, 15, 25].map((at) => versionFor(gap, 'BURN', day(at)))).toMatchObject([
    { done: { number: 1 } },
    { refused: { code: 'CONTRACT_ENDED' } },
    { done: { number: 2 } },
  ]);
  const alone = contract({ versions: [version(1, 5, 10)], ...noticed });
  expect(versionFor(alone, 'BURN', day(15))).toMatchObject({ done: { number: 1 } });
});

test.each([
  ['nothing by an open version', { versions: [version(1, 5)] }, undefined],
  ['the notice, where a version is open', { versions: [version(1, 5)], noticeGivenAt: day(6) }, [10, 20, 30]],
  ['the notice, where the end is later', { versions: [version(1, 5, 29)], noticeGivenAt: day(6) }, [10, 20, 30]],
  ['the end of a version that says nothing of its end', { versions: [version(1, 5, 9)], noticeGivenAt: day(6) }, [9, 9, 30]],
])('a contract ends by %s', (_, more, days) => {
  const noticed = 'noticeGivenAt' in more ? { earnEnd: day(10), burnEnd: day(20), tailEnd: day(30) } : {};
  const ends = timelineOf(contract({ ...noticed, ...more }), 'Asia/Shanghai');
  expect(ends && [ends.earnEnd, ends.burnEnd, ends.tailEnd]).toEqual(days?.map(day));
});

test('a partner without a contract may nothing', () => {
  expect(versionFor(undefined, 'EARN', day(1))).toMatchObject({ refused: { code: 'CONTRACT_NOT_ACTIVE' } });
});

test('the last version by an instant is the latest that began, whatever its number', () => {
  const outOfOrder = contract({ versions: [version(1, 10), version(2, 5, 10), version(3, 20, 20), version(4, 1, undefined, false)] });
  expect([4, 5, 9, 10, 30].map((at) => lastVersionBy(outOfOrder, day(at))?.number)).toEqual([undefined, 2, 2, 1, 1]);
});

test.each([
  ['DRAFT', { versions: [] }],
  ['PROPOSED', { versions: [{ ...version(1, 20, undefined, false), partnerSignedAt: undefined }] }],
  ['SIGNED', { versions: [version(1, 20, undefined, false)] }],
  ['SIGNED', { versions: [version(1, 20)] }],
  ['ACTIVE', {}],
  ['SUSPENDED', { suspendedAt: day(11) }],
  ['NOTICE', { noticeGivenAt: day(11), earnEnd: day(15), burnEnd: day(20), tailEnd: day(30) }],
  ['RUN_OFF', { noticeGivenAt: day(5), earnEnd: day(12), burnEnd: day(20), tailEnd: day(30) }],
  ['TAIL', { noticeGivenAt: day(5), earnEnd: day(6), burnEnd: day(12), tailEnd: day(30) }],
  ['TERMINATED', { noticeGivenAt: day(5), earnEnd: day(6), burnEnd: day(7), tailEnd: day(12) }],
  ['RUN_OFF', { versions: [version(1, 5, 12)] }],
])('a contract is %s when its dates say so', (status, more) => {
  expect(statusAt(contract(more), day(12))).toBe(status);
});
