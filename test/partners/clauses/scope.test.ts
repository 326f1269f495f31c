import type { ClauseOf } from '../../../src/partners/contracts/clause.ts';
import { checkScope, type Place } from '../../../src/partners/contracts/clauses/scope/scope.rules.ts';
import type { PartnerRole } from '../../../src/partners/partner-role.ts';
import { givingAt } from '../../exchange/giving-api.ts';
import { type Input, type Member, type Nova, redemptionOf, refusal, startNova } from '../../support/coalition.ts';
import { faultOf } from './clause-fault.ts';

const scope = (more: Partial<ClauseOf<'scope'>>): ClauseOf<'scope'> => ({
  kind: 'scope',
  roles: ['ACCEPTOR'],
  directIssuance: true,
  ...more,
});

test.each<[string, Partial<ClauseOf<'scope'>> | undefined, readonly PartnerRole[], Place, string | null | undefined]>([
  ['no scope grants nothing', undefined, ['ACCEPTOR'], { channel: 'POS' }, null],
  ['a role that is granted', {}, ['ACCEPTOR'], { channel: 'POS' }, undefined],
  ['one of several roles', {}, ['CHARITY', 'ACCEPTOR'], { channel: 'POS' }, undefined],
  ['a role that is not granted', {}, ['CHARITY'], { channel: 'POS' }, null],
  ['a channel that is covered', { channels: ['POS', 'WEB'] }, ['ACCEPTOR'], { channel: 'WEB' }, undefined],
  ['a channel that is not', { channels: ['POS', 'WEB'] }, ['ACCEPTOR'], { channel: 'APP' }, 'channel'],
  ['any place where none is named', {}, ['ACCEPTOR'], { channel: 'APP', locationId: 'X' }, undefined],
  ['a location that is covered', { locations: ['S1'] }, ['ACCEPTOR'], { channel: 'POS', locationId: 'S1' }, undefined],
  ['a location that is not', { locations: ['S1'] }, ['ACCEPTOR'], { channel: 'POS', locationId: 'S2' }, 'locationId'],
  ['a location that nobody said', { locations: ['S1'] }, ['ACCEPTOR'], { channel: 'POS' }, 'locationId'],
  [
    'the role before the channel, the channel before the location',
    { channels: ['WEB'], locations: ['S1'] },
    ['ACCEPTOR'],
    { channel: 'POS' },
    'channel',
  ],
])('a scope and %s', (_, clause, roles, place, field) => {
  const outcome = checkScope(clause && scope(clause), roles, place, 'accept points');
  if (field === undefined) expect(outcome).toHaveProperty('done');
  else expect(outcome).toMatchObject({ refused: { code: 'CLAUSE_NOT_GRANTED', ...(field === null ? {} : { field: [field] }) } });
});

test.each([
  ['no role', { roles: [] }, 'clauses.1.scope.roles'],
  ['a role twice', { roles: ['ISSUER', 'ISSUER'] }, 'clauses.1.scope.roles'],
  ['no channel', { roles: ['ISSUER'], channels: [] }, 'clauses.1.scope.channels'],
  ['a channel that is none', { roles: ['ISSUER'], channels: ['PIGEON'] }, 'clauses.1.scope.channels.0'],
  ['a location without a name', { roles: ['ISSUER'], locations: [''] }, 'clauses.1.scope.locations.0'],
  ['a second scope', { roles: ['ISSUER'] }, 'clauses.1.scope'],
])('a contract with %s is refused', (_, clause, field) => {
  expect(faultOf('scope', clause)).toBe(field);
});

describe('in a coalition', () => {
  let nova: Nova;
  let member: Member;
  beforeAll(async () => {
    nova = await startNova();
    member = await nova.enrol();
    await nova.earn('AERO', member, { points: 10_000 });
    const acceptance = { currencies: ['APT'] };
    await nova.join('SHOP', { scope: { channels: ['POS', 'WEB'], locations: ['S1', 'S2'] }, acceptance });
    for (const role of ['ISSUER', 'EXCHANGER', 'CHARITY', 'ACCEPTOR'])
      await nova.join(`ONLY_${role}`, { scope: { roles: [role] }, acceptance });
    await nova.join('BOTH', { scope: { roles: ['CHARITY'], channels: ['APP'], locations: ['PARK'] }, acceptance });
  });
  afterAll(() => nova.stop());

  test.each<[Input, string | undefined, string | undefined]>([
    [{ channel: 'POS', locationId: 'S1' }, undefined, undefined],
    [{ channel: 'WEB', locationId: 'S2' }, undefined, undefined],
    [{ channel: 'APP', locationId: 'S1' }, 'CLAUSE_NOT_GRANTED', 'channel'],
    [{ locationId: 'S1' }, 'CLAUSE_NOT_GRANTED', 'channel'],
    [{ channel: 'POS', locationId: 'S3' }, 'CLAUSE_NOT_GRANTED', 'locationId'],
    [{ channel: 'POS', locationId: 's1' }, 'CLAUSE_NOT_GRANTED', 'locationId'],
    [{ channel: 'POS' }, 'CLAUSE_NOT_GRANTED', 'locationId'],
    [{ channel: 'POS', locationId: '' }, 'VALIDATION', 'locationId'],
  ])('burning at %j', async (place, code, field) => {
    const payload = await nova.hold('SHOP', member, 'APT', 1, place);
    expect(refusal(payload)).toBe(code);
    if (field !== undefined) expect(payload.userErrors[0]?.field).toEqual(['input', field]);
  });

  test('a role lets a partner do its own and nothing else', async () => {
    const { donate } = givingAt(nova);
    const said = async (role: string) => ({
      hold: refusal(await nova.hold(`ONLY_${role}`, member, 'APT', 1)),
      donation: refusal(await donate(member, { charity: `ONLY_${role}`, currency: 'APT', points: 1 })),
      earning: refusal(await nova.earn(`ONLY_${role}`, member, { points: 1, currency: 'APT' })),
    });
    const no = 'CLAUSE_NOT_GRANTED';
    expect(await said('ACCEPTOR')).toEqual({ hold: undefined, donation: no, earning: no });
    expect(await said('CHARITY')).toEqual({ hold: undefined, donation: undefined, earning: no });
    expect(await said('EXCHANGER')).toEqual({ hold: no, donation: no, earning: no });
    // An issuer issues what an issuance clause names; it has none.
    expect(await said('ISSUER')).toEqual({ hold: no, donation: no, earning: no });
  });

  test('channels and locations hold for donations and rewards, too', async () => {
    const { donate, takeReward } = givingAt(nova);
    const gift = { charity: 'BOTH', currency: 'APT', points: 1 };
    expect(refusal(await donate(member, gift))).toBe('CLAUSE_NOT_GRANTED');
    expect(refusal(await donate(member, { ...gift, channel: 'WEB', locationId: 'PARK' }))).toBe('CLAUSE_NOT_GRANTED');
    expect(refusal(await donate(member, { ...gift, locationId: 'PARK' }))).toBeUndefined();
    await nova.operate('publish-reward', { partner: 'SHOP', code: 'CUP', name: 'Cup', kind: 'PRODUCT', currency: 'APT', points: 1 });
    const cup = { reward: { partner: 'SHOP', code: 'CUP' } };
    expect(refusal(await takeReward(member, { ...cup, locationId: 'S1' }))).toBe('CLAUSE_NOT_GRANTED');
    expect(refusal(await takeReward(member, { ...cup, channel: 'POS', locationId: 'S1' }))).toBeUndefined();
  });

  test('of two versions the one in force counts; a hold is captured though its place is covered no longer', async () => {
    const acceptance = { currencies: ['APT'], noticeDays: 0, reimbursementMicros: '8000' };
    await nova.join('MOVING', { scope: { channels: ['POS'], locations: ['OLD'] }, acceptance });
    await nova.amend('MOVING', '2026-01-20T00:00:00+08:00', {
      scope: { channels: ['WEB'] },
      acceptance: { ...acceptance, reimbursementMicros: '9000' },
    });
    const hold = (place: Input) => nova.hold('MOVING', member, 'APT', 100, { holdSeconds: 1_000_000, ...place });
    const { id } = redemptionOf(await hold({ channel: 'POS', locationId: 'OLD' }));
    expect(refusal(await hold({ channel: 'WEB' }))).toBe('CLAUSE_NOT_GRANTED');
    await nova.setClock('2026-01-20T00:00:00+08:00');
    expect(refusal(await hold({ channel: 'POS', locationId: 'OLD' }))).toBe('CLAUSE_NOT_GRANTED');
    expect(refusal(await hold({ channel: 'WEB' }))).toBeUndefined();
    // The prices of the hold stand.
    expect(redemptionOf(await nova.capture('MOVING', id))).toMatchObject({ capturedPoints: 100, reimbursementMicros: '800000' });
  });

  test('after all of it the ledger is intact and the pools cover their points', async () => {
    expect(await nova.faults()).toEqual([]);
  });
});
