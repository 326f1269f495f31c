import fc from 'fast-check';
import { type Member, type Nova, startNova } from '../support/coalition.ts';
import { csv, type Reconciling, reconcilingOf } from './reconciliation-api.ts';
import { type ModelRow, reconcileByHand } from './reconciliation-model.ts';

let nova: Nova;
let api: Reconciling;
let members: Member[];
beforeAll(async () => {
  nova = await startNova();
  api = reconcilingOf(nova);
  members = [await nova.enrol(), await nova.enrol({ displayName: 'Jane' })];
});
afterAll(() => nova.stop());

/** Few keys, amounts, days and members, so that rows meet in every way. */
const row = fc.record({
  key: fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F'),
  day: fc.integer({ min: 1, max: 6 }),
  member: fc.option(fc.integer({ min: 0, max: 1 }), { nil: undefined }),
  points: fc.integer({ min: 1, max: 6 }),
});
const named = row.map((one) => ({ ...one, member: one.member ?? 0 }));
const sum = (rows: readonly ModelRow[]): number => rows.reduce((total, { points }) => total + points, 0);
const dayOf = (day: number): string => `2026-01-${String(day).padStart(2, '0')}`;

let rounds = 0;

/** Redemptions as they are stored: several may have one order. They stand alone, as what is compared is read from there. */
async function redeemed(rows: readonly ModelRow[]): Promise<void> {
  await nova.app.db.rows(
    `insert into exchange.redemptions (id, partner_id, member_id, currency_no, status, order_external_id, channel, created_at, expires_at, captured_at,
       held_points, captured_points, allocations)
     select gen_random_uuid(), (select id from partners.partners where code = 'AERO'), m.id,
       (select no from partners.point_currencies where code = 'APT'), 'CAPTURED', r.key, 'PARTNER_API', r.at::timestamptz, r.at::timestamptz, r.at::timestamptz, r.points, r.points, '[]'
     from unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) as r (key, at, card, points) join members.members m on m.card_number = r.card`,
    [
      rows.map(({ key }) => `${key}-${rounds}`),
      rows.map(({ day }) => `${dayOf(day)}T12:00:00+08:00`),
      rows.map(({ member }) => members[member ?? 0]?.cardNumber),
      rows.map(({ points }) => points),
    ],
  );
}

test('random files: each row of each side comes to one result, the one of the model, and the sums reconcile', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 12 }),
      fc.array(named, { maxLength: 12 }),
      fc.integer({ min: 0, max: 1 }),
      fc.integer({ min: 0, max: 1 }),
      async (theirs, ours, points, days) => {
        rounds += 1;
        // What earlier rounds left stands on other days of the cycle and under other keys.
        await nova.app.db.rows("update exchange.redemptions set captured_at = '2025-06-01'");
        await redeemed(ours);
        const content = csv(
          ...theirs.map(({ key, day, member, points: amount }) => {
            const who = member === undefined ? '' : members[member]?.cardNumber;
            return `REDEMPTION,${key}-${rounds},${dayOf(day)},${who},${amount}`;
          }),
        );
        const run = await api.run(content, { tolerances: { points, days } });
        const expected = reconcileByHand(theirs, ours, points, days);
        const rows = await api.rowsOf(run.id);
        const of = (side: string) => rows.filter((one) => one.side === side);
        expect(of('THEIRS').map(({ result }) => result)).toEqual(expected.theirs);
        const said = (all: readonly { key: string; points: number; result: string | undefined }[]) =>
          all.map(({ key, points: amount, result }) => `${key} ${amount} ${result}`).sort();
        expect(said(of('OURS').map(({ key, amount, result }) => ({ key, points: Number(amount), result })))).toEqual(
          said(ours.map(({ key, points: amount }, at) => ({ key: `${key}-${rounds}`, points: amount, result: expected.ours[at] }))),
        );
        expect(run.counts.reduce((total, { difference }) => total + Number(difference), 0)).toBe(sum(ours) - sum(theirs));
        // Whatever is matched is matched both ways.
        for (const one of rows) expect(one.counterparts.length > 0).toBe(one.rule !== null);
      },
    ),
    { numRuns: 60, endOnFailure: true },
  );
}, 240_000);
