import { clearingOf } from '../settlement/clearing-api.ts';
import { type Dispute, disputesOf, startDisputing, trade } from '../settlement/disputes-api.ts';
import { serve, type TestApp } from '../support/app.ts';
import { cny, type Nova, operation, redemptionOf } from '../support/coalition.ts';
import { type Followed, follow, stopFollowing, until } from '../support/follow.ts';

interface PositionChange {
  partner: { code: string };
  netPosition: { minor: string };
  exposure: { used: { minor: string } } | null;
  version: string;
  resync: boolean;
}
interface CycleStatus {
  id: string;
  status: string;
}
interface DisputeUpdate {
  dispute: Dispute;
  resync: boolean;
}
interface ContractUpdate {
  contract: { id: string; status: string; partner: { code: string } };
  resync: boolean;
}

let nova: Nova;
/** A second process on the same database. */
let other: TestApp;
beforeAll(async () => {
  nova = await startDisputing();
  other = await serve(nova.app.url);
});
afterAll(async () => {
  await stopFollowing();
  await other.stop();
  await nova.stop();
});

const position = (app: TestApp, token: string, partner?: string) =>
  follow<PositionChange>(app, token, operation('net-position-changed'), { partner });
const refusalOf = async ({ errors }: Followed<unknown>) => {
  await until(() => errors.length > 0);
  return errors;
};

test('a partner sees its net position as it is, and as it changes, through whichever process it was changed', async () => {
  const token = await nova.token('AERO');
  const { seen, stop } = position(other, token);
  await until(() => seen.length === 1);
  expect(seen[0]).toMatchObject({ partner: { code: 'AERO' }, netPosition: { minor: '0' }, resync: true });
  const member = await nova.enrol();
  await nova.earn('AERO', member, { amount: cny('100.00') });
  await until(() => seen.length > 1);
  expect(seen[1]).toMatchObject({
    partner: { code: 'AERO' },
    netPosition: { minor: '-1200' },
    exposure: { used: { minor: '1200' } },
    resync: false,
  });
  await Promise.all(Array.from({ length: 20 }, () => nova.earn('AERO', member, { amount: cny('10.00') })));
  const { netPosition } = await nova.positionOf('AERO');
  await until(() => seen.at(-1)?.netPosition.minor === netPosition.minor);
  const versions = seen.map(({ version }) => Number(version));
  expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b));
  // What others do is not told.
  const before = seen.length;
  await nova.earn('BOOKS', member, { amount: cny('10.00') });
  await nova.earn('AERO', member, { amount: cny('10.00') });
  await until(() => seen.length > before);
  expect(new Set(seen.map(({ partner }) => partner.code))).toEqual(new Set(['AERO']));
  stop();
});

test('the operator follows every partner, or one of them', async () => {
  const { seen, stop } = position(nova.app, nova.operator);
  await until(() => new Set(seen.map(({ partner }) => partner.code)).size >= 4);
  const one = position(nova.app, nova.operator, 'DEPOT');
  await until(() => one.seen.length === 1);
  const member = await nova.enrol();
  await nova.earn('AERO', member, { amount: cny('100.00') });
  const { id } = redemptionOf(await nova.hold('DEPOT', member, 'APT', 500));
  await nova.capture('DEPOT', id);
  const { netPosition } = await nova.positionOf('DEPOT');
  await until(() => one.seen.at(-1)?.netPosition.minor === netPosition.minor);
  await until(() => seen.findLast(({ partner }) => partner.code === 'DEPOT')?.netPosition.minor === netPosition.minor);
  stop();
  one.stop();
});

test('positions, cycles, disputes and contracts are told to those whom they concern', async () => {
  const aero = await nova.token('AERO');
  const member = await nova.enrol();
  const memberToken = await nova.app.token({ role: 'MEMBER', member: member.id });
  const forbidden = [expect.objectContaining({ extensions: expect.objectContaining({ code: 'FORBIDDEN' }) })];
  expect(await refusalOf(position(nova.app, aero, 'BOOKS'))).toEqual(forbidden);
  expect(await refusalOf(position(nova.app, nova.operator, 'NOBODY'))).toEqual(forbidden);
  expect(await refusalOf(position(nova.app, memberToken))).toEqual(forbidden);
  for (const name of ['cycle-status-changed', 'dispute-updated', 'contract-changed']) {
    expect(await refusalOf(follow(nova.app, memberToken, operation(name)))).toEqual(forbidden);
  }
});

test('a cycle is followed from open to settled, and who comes later begins with those that are not settled', async () => {
  const { seen } = follow<CycleStatus>(other, await nova.token('AERO'), operation('cycle-status-changed'));
  await until(() => seen.length === 1);
  expect(seen[0]).toMatchObject({ status: 'OPEN' });
  await trade(nova);
  const clearing = clearingOf(nova);
  const { cycle } = await clearing.close();
  await until(() => seen.some(({ id, status }) => id === cycle.id && status === 'CLOSED'));
  await until(() => seen.some(({ id, status }) => id !== cycle.id && status === 'OPEN'));
  await clearing.issue(cycle.id);
  await until(() => seen.at(-1)?.status === 'ADVISED');
  // Each status once.
  const told = seen.map(({ id, status }) => `${id} ${status}`);
  expect(told).toHaveLength(new Set(told).size);
  const late = follow<CycleStatus>(nova.app, nova.operator, operation('cycle-status-changed'));
  await until(() => late.seen.length === 2);
  expect(late.seen.map(({ status }) => status)).toEqual(['ADVISED', 'OPEN']);
});

test('disputes are followed by their partner and the operator', async () => {
  const api = disputesOf(nova);
  await trade(nova);
  const cycle = await api.advise();
  const [books, aero, operator] = [
    follow<DisputeUpdate>(other, await nova.token('BOOKS'), operation('dispute-updated')),
    follow<DisputeUpdate>(other, await nova.token('AERO'), operation('dispute-updated')),
    follow<DisputeUpdate>(nova.app, nova.operator, operation('dispute-updated')),
  ];
  const line = await api.lineOf('BOOKS', cycle, 'FUNDING');
  const dispute = await api.opened('BOOKS', line.id, 100);
  await until(() => [books, operator].every(({ seen }) => seen.at(-1)?.dispute.status === 'OPENED'));
  await api.done('OPERATOR', 'review', dispute.id);
  await until(() => [books, operator].every(({ seen }) => seen.at(-1)?.dispute.status === 'UNDER_REVIEW'));
  const late = follow<DisputeUpdate>(other, await nova.token('BOOKS'), operation('dispute-updated'));
  await until(() => late.seen.length === 1);
  expect(late.seen[0]).toMatchObject({ dispute: { id: dispute.id, status: 'UNDER_REVIEW' }, resync: true });
  await api.done('BOOKS', 'withdraw', dispute.id);
  await until(() => [books, operator, late].every(({ seen }) => seen.at(-1)?.dispute.status === 'WITHDRAWN'));
  expect(aero.seen).toEqual([]);
});

test('contracts are followed by their partner and the operator, drafts by the operator alone', async () => {
  const [aero, operator] = [
    follow<ContractUpdate>(other, await nova.token('AERO'), operation('contract-changed')),
    follow<ContractUpdate>(other, nova.operator, operation('contract-changed')),
  ];
  await until(() => aero.seen.length === 1 && operator.seen.length >= 4);
  expect(aero.seen[0]).toMatchObject({ contract: { partner: { code: 'AERO' }, status: 'ACTIVE' }, resync: true });
  const contractId = aero.seen[0]?.contract.id;
  await nova.operate('add-contract-note', { contractId, note: 'Reviewed.' });
  await until(() => aero.seen.length === 2 && operator.seen.at(-1)?.contract.id === contractId);
  expect(aero.seen[1]).toMatchObject({ contract: { id: contractId }, resync: false });
  const told = operator.seen.length;
  await nova.operate('draft-contract', {
    partner: 'BOOKS',
    effectiveFrom: '2026-06-01T00:00:00+08:00',
    clauses: [{ scope: { roles: ['ACCEPTOR'] } }, { acceptance: { currencies: ['BPT'] } }],
  });
  await until(() => operator.seen.length > told);
  expect(aero.seen).toHaveLength(2);
});
