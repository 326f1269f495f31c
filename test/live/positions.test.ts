import { setTimeout as pause } from 'node:timers/promises';
import { Client as Postgres } from 'pg';
import { clearingOf } from '../settlement/clearing-api.ts';
import { type Dispute, disputesOf, startDisputing, trade } from '../settlement/disputes-api.ts';
import { serve, type TestApp } from '../support/app.ts';
import { cny, type Input, type Member, type Nova, operation, redemptionOf } from '../support/coalition.ts';
import { type Followed, follow, stopFollowing, until } from '../support/follow.ts';

interface PositionChange {
  partner: { code: string };
  netPosition: { minor: string };
  exposure: { used: { minor: string } } | null;
  version: string;
  resync: boolean;
}
interface BalanceChange {
  currency: { code: string };
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

/** While this works nobody gets to the database any more, and who was there is thrown out. */
async function withoutDatabase(work: () => Promise<void>): Promise<void> {
  const url = new URL(nova.app.url);
  const name = url.pathname.slice(1);
  url.pathname = '/postgres';
  const admin = new Postgres({ connectionString: url.href });
  await admin.connect();
  try {
    await admin.query(`alter database ${name} with allow_connections false`);
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
    await work();
  } finally {
    await admin.query(`alter database ${name} with allow_connections true`);
    await admin.end();
  }
}

/** Earns a point; says whether that was answered. */
const tryToEarn = (member: Member) =>
  nova.earn('AERO', member, { points: 1 }).then(
    () => true,
    () => false,
  );

test('positions and balances go on where things stand after the database was away, and nobody hears of a fault', async () => {
  const member = await nova.enrol();
  const aero = await nova.token('AERO');
  const balance = (app: TestApp, token: string, variables: Input = {}) =>
    follow<BalanceChange>(app, token, operation('balance-changed'), variables);
  const positions = [position(nova.app, aero), position(other, aero), position(other, nova.operator, 'AERO')];
  const balances = [
    balance(nova.app, await nova.app.token({ role: 'MEMBER', member: member.id })),
    balance(other, aero, { memberId: member.id }),
    balance(other, nova.operator, { memberId: member.id }),
  ];
  const apt = ({ seen }: Followed<BalanceChange>) => seen.filter(({ currency }) => currency.code === 'APT');
  await until(() => positions.every(({ seen }) => seen.length === 1) && balances.every((each) => apt(each).length === 1));
  let isOver = false;
  const earning = Array.from({ length: 2 }, async () => {
    while (!isOver) if (!(await tryToEarn(member))) await pause(20);
  });
  const late: Followed<unknown>[] = [];
  for (let times = 0; times < 3; times += 1) {
    await pause(100);
    await withoutDatabase(async () => {
      late.push(position(other, aero), balance(other, nova.operator, { memberId: member.id }));
      await pause(times * 150);
    });
  }
  isOver = true;
  await Promise.all(earning);
  for (const deadline = Date.now() + 5_000; !(await tryToEarn(member)) && Date.now() < deadline; ) await pause(20);
  const { version } = await nova.balanceOf(member, 'APT');
  const { netPosition } = await nova.positionOf('AERO');
  await until(() => balances.every((each) => apt(each).at(-1)?.version === version));
  await until(() => positions.every(({ seen }) => seen.at(-1)?.netPosition.minor === netPosition.minor));
  for (const each of balances) {
    for (const [at, change] of apt(each).entries()) {
      const last = BigInt(apt(each)[at - 1]?.version ?? -1);
      // What was read and could not be put into words any more is made up for by how things stand.
      if (change.resync) expect(BigInt(change.version)).toBeGreaterThanOrEqual(last);
      else expect(BigInt(change.version)).toBe(last + 1n);
    }
  }
  for (const { seen } of positions) {
    const told = seen.map((change) => BigInt(change.version));
    expect(told.every((one, at) => at === 0 || one >= (told[at - 1] ?? 0n))).toBe(true);
  }
  for (const { errors } of [...positions, ...balances]) expect(errors).toEqual([]);
  // Who begins meanwhile may be asked to come again, and is told so.
  for (const { errors } of late) for (const error of errors) expect(error).toMatchObject({ extensions: { code: 'SERVICE_UNAVAILABLE' } });
  for (const { stop } of [...positions, ...balances, ...late]) stop();
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

test('who leaves and comes back is told how things stand, and of nothing decided before as if it were news', async () => {
  const api = disputesOf(nova);
  await trade(nova);
  const cycle = await api.advise();
  const line = await api.lineOf('BOOKS', cycle, 'FUNDING');
  const books = await nova.token('BOOKS');
  const disputes = (token: string) => follow<DisputeUpdate>(other, token, operation('dispute-updated'));
  const contracts = (token: string) => follow<ContractUpdate>(other, token, operation('contract-changed'));
  const [before, contractBefore] = [disputes(books), contracts(books)];
  const withdrawn = await api.opened('BOOKS', line.id, 10);
  await api.done('BOOKS', 'withdraw', withdrawn.id);
  await until(() => before.seen.some(({ dispute }) => dispute.id === withdrawn.id && dispute.status === 'WITHDRAWN'));
  await until(() => contractBefore.seen.length === 1);
  before.stop();
  contractBefore.stop();
  // What happens while nobody follows is no news to who comes later.
  const [open, gone] = [await api.opened('BOOKS', line.id, 20), await api.opened('BOOKS', line.id, 30)];
  await api.done('BOOKS', 'withdraw', gone.id);
  const contractId = contractBefore.seen[0]?.contract.id;
  await nova.operate('add-contract-note', { contractId, note: 'Nobody reads this.' });
  const [again, contractAgain] = [disputes(books), contracts(books)];
  await until(() => again.seen.length > 0 && contractAgain.seen.length > 0);
  const news = await api.opened('BOOKS', line.id, 40);
  await api.done('OPERATOR', 'review', open.id);
  await nova.operate('add-contract-note', { contractId, note: 'This is news.' });
  await until(() => again.seen.some(({ dispute }) => dispute.status === 'UNDER_REVIEW') && contractAgain.seen.length > 1);
  expect(again.seen.map(({ dispute, resync }) => [dispute.id, dispute.status, resync])).toEqual([
    [open.id, 'OPENED', true],
    [news.id, 'OPENED', false],
    [open.id, 'UNDER_REVIEW', false],
  ]);
  expect(contractAgain.seen.map(({ contract, resync }) => [contract.id, resync])).toEqual([
    [contractId, true],
    [contractId, false],
  ]);
});

test('a variable that is null is told apart from one that is left out, where what is said depends on it', async () => {
  const clearing = clearingOf(nova);
  const member = await nova.enrol();
  await nova.earn('AERO', member, { points: 1_000 });
  const { cycle } = await clearing.close();
  const query = `subscription ($cycle: ID = "${cycle.id}") { netPositionChanged(partner: "AERO") {
    version partner { netPosition(cycleId: $cycle) { minor } } } }`;
  interface Told {
    version: string;
    partner: { netPosition: { minor: string } };
  }
  const [ofClosed, ofOpen, alsoOfClosed] = [{}, { cycle: null }, { cycle: cycle.id }].map((variables) =>
    follow<Told>(nova.app, nova.operator, query, variables),
  );
  if (ofClosed === undefined || ofOpen === undefined || alsoOfClosed === undefined) throw new Error('there are three');
  const all = [ofClosed, ofOpen, alsoOfClosed];
  await until(() => all.every(({ seen }) => seen.length === 1));
  const frozen = ofClosed.seen[0]?.partner.netPosition.minor;
  for (let points = 1; points <= 3; points += 1) {
    await nova.earn('AERO', member, { points: 1_000 });
    const { netPosition } = await nova.positionOf('AERO');
    await until(() => ofOpen.seen.at(-1)?.partner.netPosition.minor === netPosition.minor);
  }
  await until(() => all.every(({ seen }) => seen.at(-1)?.version === ofOpen.seen.at(-1)?.version));
  expect(ofOpen.seen.at(-1)?.partner.netPosition.minor).toBe('-3600');
  for (const { seen } of [ofClosed, alsoOfClosed]) {
    expect(new Set(seen.map(({ partner }) => partner.netPosition.minor))).toEqual(new Set([frozen]));
    expect(seen).toHaveLength(ofOpen.seen.length);
  }
  for (const { errors, stop } of all) {
    expect(errors).toEqual([]);
    stop();
  }
});
