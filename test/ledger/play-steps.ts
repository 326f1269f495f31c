/** Plays random steps on the ledger and on the model, and says where they part. */

import { newId } from '../../src/kernel/ids.ts';
import { partnerMoney, wallet } from '../../src/ledger/account.ts';
import { redemptionCaptured } from '../../src/ledger/postings/redemption.ts';
import type { Database } from '../../src/platform/database.ts';
import * as book from './book.ts';
import { type Answer, Model, type ModelAccrual } from './model.ts';
import type { Payer, Step } from './random-steps.ts';

const HOUR = 3_600_000;
const REDEMPTION = [0n, 10_000n, 5_000n];
const SERVICE = [0n, 2_000n, 1_000n];
const PRICE = 9_000n;
const LIMIT = 40_000_000n;

interface Known {
  readonly earned: book.Earned;
  readonly accrual: ModelAccrual;
  left: bigint;
}

export class Play {
  readonly model = new Model();
  readonly #members = Array.from({ length: 4 }, newId);
  readonly #promotion = newId();
  readonly #partners = Array.from({ length: 3 }, newId);
  readonly #pending: Known[] = [];
  readonly #confirmed: Known[] = [];
  readonly #holds = new Map<string, book.Hold>();
  readonly #captures = new Map<string, book.Hold>();
  readonly #db: Database;
  #now = Date.UTC(2026, 0, 1);
  readonly tally = { accepted: 0, refused: 0 };

  constructor(db: Database) {
    this.#db = db;
  }

  #member = (at: number): string => this.#members[at % this.#members.length] ?? '';
  #partner = (at: number): string => this.#partners[at % this.#partners.length] ?? '';
  #shareOf = (whole: bigint, percent: number): bigint => (whole * BigInt(percent)) / 100n + 1n;

  /** Whether an accrual could be taken back, but only from other points of the member. */
  #isSpent({ accrual, left }: Known): boolean {
    const { available } = this.model.balance(`WALLET:${accrual.member}:${accrual.unit}:`);
    return left > 0n && available > 0n && this.model.lots.get(accrual.lotId)?.available === 0n;
  }

  /** The model answers first; what it refuses must leave the ledger as it was. */
  async #same(expected: Answer | bigint, act: () => Promise<string | bigint | undefined>): Promise<void> {
    const refused = typeof expected === 'string' && expected !== 'done';
    const before = refused ? await book.fingerprint(this.#db) : '';
    const answer = (await act()) ?? 'done';
    expect(answer).toBe(expected);
    if (refused) expect(await book.fingerprint(this.#db)).toBe(before);
    this.tally[refused ? 'refused' : 'accepted'] += 1;
  }

  #accrual(
    at: { member: number; partner: number; unit: number; points: number; terms: number; payer?: Payer },
    limit: bigint | undefined,
  ): Known {
    const { unit, terms, payer = 'PARTNER' } = at;
    const redemption = REDEMPTION[unit] ?? 0n;
    // Paid in full, by half or not at all when issued; never expiring, soon or later.
    const funded = payer === 'PARTNER' ? ([redemption, redemption / 2n, 0n][terms % 3] ?? 0n) : redemption;
    const days = Math.floor(terms / 3);
    const expiresAt = days === 0 ? undefined : this.#now + days * 30 * HOUR;
    const earned = book.earning({
      member: this.#member(at.member),
      partner: this.#partner(at.partner),
      points: BigInt(at.points),
      unit,
      at: new Date(this.#now),
      expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt),
      redemption,
      service: SERVICE[unit] ?? 0n,
      funded,
      charge: payer === 'JOINT' ? { to: payer, promotionId: this.#promotion } : { to: payer },
      floors: limit === undefined ? [] : [{ account: partnerMoney(this.#partner(at.partner)), floor: -limit, name: 'CREDIT_LIMIT' }],
    });
    return { earned, accrual: this.#toModel(earned, expiresAt), left: earned.facts.points };
  }

  #toModel({ facts, lot }: book.Earned, expiresAt: number | undefined): ModelAccrual {
    return {
      lotId: lot.id,
      member: facts.memberId,
      partner: facts.partnerId,
      unit: facts.currencyNo,
      points: facts.points,
      redemption: lot.redemptionMicros,
      service: facts.serviceMicros,
      funded: facts.fundedMicros,
      expiresAt: expiresAt ?? Model.forever,
      payer:
        facts.charge.to === 'JOINT'
          ? { promotion: facts.charge.promotionId }
          : facts.charge.to === 'PREPAID'
            ? { prepaid: true }
            : undefined,
    };
  }

  async play(step: Step): Promise<void> {
    const { model } = this;
    const db = this.#db;
    const at = new Date(this.#now);
    const now = this.#now;
    switch (step.do) {
      case 'wait':
        this.#now += step.hours * HOUR;
        return;
      case 'earn':
      case 'promise': {
        const limit = step.limited ? LIMIT : undefined;
        const known = this.#accrual(step, limit);
        if (step.payer === 'PREPAID')
          await this.#same(model.buy(known.accrual), async () => book.refusalOf(await book.postAll(db, [book.bought(known.earned)])));
        const answer = step.do === 'earn' ? model.earn(known.accrual, now, limit) : model.promise(known.accrual, limit);
        await this.#same(answer, async () =>
          book.refusalOf(await book.postAll(db, [step.do === 'earn' ? book.confirmed(known.earned) : book.pending(known.earned)])),
        );
        if (answer === 'done') (step.do === 'earn' ? this.#confirmed : this.#pending).push(known);
        return;
      }
      case 'earn together': {
        const owed =
          -model.balance(`PARTNER:${this.#partner(step.partner)}:0:`).available -
          model.balance(`PARTNER:${this.#partner(step.partner)}:0:`).pending;
        const limit = owed + BigInt(step.room) * 12_000n;
        const known = step.earnings.map((e) => this.#accrual({ ...e, partner: step.partner, unit: 1, terms: 0 }, limit));
        const expected = known.map(({ accrual }) => model.earn(accrual, now, limit));
        const posted = await book.postAll(
          db,
          known.map(({ earned }) => book.confirmed(earned)),
        );
        expect(posted.map((p) => p.refusal ?? 'done')).toEqual(expected);
        this.#confirmed.push(...known.filter((_, i) => expected[i] === 'done'));
        this.tally.accepted += 1;
        return;
      }
      case 'confirm':
      case 'cancel':
      case 'unpromise': {
        const index = this.#pending.length === 0 ? -1 : step.pick % this.#pending.length;
        const known = this.#pending[index];
        if (known === undefined) return;
        if (step.do === 'unpromise') {
          const points = this.#shareOf(known.left, Math.min(step.share, 90));
          if (points >= known.left) return;
          await this.#same(model.unpromise(known.accrual, points), () => book.reversePending(db, known.earned, points));
          const rest = {
            ...known.earned,
            facts: { ...known.earned.facts, points: known.left - points },
            lot: { ...known.earned.lot, points: known.left - points },
          };
          this.#pending[index] = { earned: rest, accrual: { ...known.accrual, points: known.left - points }, left: known.left - points };
          return;
        }
        this.#pending.splice(index, 1);
        if (step.do === 'cancel') return this.#same(model.unpromise(known.accrual, known.left), () => book.cancelPending(db, known.earned));
        const earned = { ...known.earned, lot: { ...known.earned.lot, earnedAt: at } };
        await this.#same(model.confirm(known.accrual, now), () => book.confirmPending(db, earned));
        this.#confirmed.push(known);
        return;
      }
      case 'confirm again': {
        // A promise that was never made.
        const { earned, accrual } = this.#accrual({ member: step.member, partner: 0, unit: step.unit, points: 1, terms: 0 }, undefined);
        if (model.balance(`WALLET:${accrual.member}:${accrual.unit}:`).pending > 0n) return;
        return this.#same(model.confirm(accrual, now), () => book.confirmPending(db, earned));
      }
      case 'reverse':
      case 'reverse spent': {
        const open = step.do === 'reverse' ? this.#confirmed : this.#confirmed.filter((known) => this.#isSpent(known));
        const known = open[step.pick % Math.max(1, open.length)];
        if (known === undefined || known.left === 0n) return;
        const wanted = this.#shareOf(known.left, step.share);
        const points = wanted > known.left ? known.left : wanted;
        const answer = model.reverse(known.accrual, points, now);
        await this.#same(answer, () => book.reverse(db, known.earned, points, at));
        if (answer === 'done') known.left -= points;
        return;
      }
      case 'hold': {
        const member = this.#member(step.member);
        const partner = this.#partner(step.partner);
        const points = this.#shareOf(model.balance(`WALLET:${member}:${step.unit}:`).available, step.share);
        const reference = newId();
        await this.#same(model.hold(reference, member, partner, step.unit, points, now), async () => {
          const result = await book.hold(db, { member, partner, points, unit: step.unit, at, reference });
          if ('refusal' in result) return result.refusal;
          this.#holds.set(reference, result.answer);
          return undefined;
        });
        return;
      }
      case 'capture':
      case 'void':
      case 'timeout': {
        const open = model.holds();
        const chosen = open[step.pick % Math.max(1, open.length)];
        const held = chosen && this.#holds.get(chosen.id);
        if (chosen === undefined || held === undefined) return;
        this.#holds.delete(chosen.id);
        if (step.do !== 'capture') {
          return this.#same(model.release(chosen.id), () =>
            book.release(db, held, step.do === 'void' ? 'redemption.voided' : 'redemption.hold_expired'),
          );
        }
        const wanted = this.#shareOf(chosen.points, step.share);
        const points = wanted > chosen.points ? chosen.points : wanted;
        await this.#same(model.capture(chosen.id, points, PRICE), () => book.capture(db, held, points, PRICE));
        this.#captures.set(chosen.id, { ...held, allocations: book.firstPoints(held, points) });
        return;
      }
      case 'refund': {
        const ids = model.captures();
        const id = ids[step.pick % Math.max(1, ids.length)];
        const captured = id === undefined ? undefined : this.#captures.get(id);
        if (id === undefined || captured === undefined) return;
        const fresh = new Map(captured.allocations.map(({ lot }) => [lot.id, newId()]));
        const expiresAt = now + 48 * HOUR;
        await this.#same(
          model.refund(id, now, (lotId) => ({ id: fresh.get(lotId) ?? '', expiresAt })),
          () =>
            book.refund(db, captured, {
              at,
              reimbursement: PRICE,
              newLot: ({ lot, points }) => ({
                ...lot,
                id: fresh.get(lot.id) ?? '',
                wallet: wallet(captured.facts.memberId, captured.facts.currencyNo),
                origin: 'REFUND',
                earnedAt: at,
                expiresAt: new Date(expiresAt),
                points,
              }),
            }),
        );
        return;
      }
      case 'exchange': {
        const to = step.unit === 1 ? 2 : 1;
        const points = this.#shareOf(model.balance(`WALLET:${this.#member(step.member)}:${step.unit}:`).available, step.share);
        const credited = (points * (REDEMPTION[step.unit] ?? 0n) * 95n) / ((REDEMPTION[to] ?? 1n) * 100n) + 1n;
        const { earned, accrual } = this.#accrual({ ...step, unit: to, points: Number(credited), terms: 0 }, undefined);
        const member = accrual.member;
        return this.#same(model.exchange(member, step.unit, points, accrual, now), () =>
          book.exchange(db, { member, from: step.unit, to, points, credited: { ...earned.lot, origin: 'EXCHANGE' }, at }),
        );
      }
      case 'transfer': {
        const from = this.#member(step.member);
        const to = this.#member(step.to);
        if (from === to) return;
        const points = this.#shareOf(model.balance(`WALLET:${from}:${step.unit}:`).available, step.share);
        const ids: string[] = [];
        const expected = model.transfer(from, to, step.unit, points, now, () => ids[ids.push(newId()) - 1] ?? '');
        return this.#same(expected, () => book.transfer(db, { from, to, points, unit: step.unit, at, newLotId: () => ids.shift() ?? '' }));
      }
      case 'expire': {
        const member = this.#member(step.member);
        return this.#same(model.expire(member, step.unit, now), () => book.expire(db, { member, unit: step.unit, at }));
      }
      case 'overdraw': {
        const member = this.#member(step.member);
        const partner = this.#partner(step.partner);
        const points = model.balance(`WALLET:${member}:${step.unit}:`).available + BigInt(step.share);
        const facts = { reference: newId(), memberId: member, partnerId: partner, currencyNo: step.unit, occurredAt: at };
        return this.#same(model.overdraws(member, step.unit, points), async () => {
          const burned = redemptionCaptured(facts, [], []);
          const entries = [
            { account: wallet(member, step.unit), available: -points },
            { account: { kind: 'REDEEMED' as const, owner: partner, unit: step.unit }, available: points },
          ];
          return book.refusalOf(await book.postAll(db, [{ ...burned, entries }]));
        });
      }
    }
  }

  /** The ledger's state in the words of the model. */
  async state(): Promise<string[]> {
    const rows = await this.#db.rows<{ line: string }>(
      `select concat(kind, ':', owner, ':', unit, ':', topic, ' ', available, ' ', held, ' ', pending, ' v', version) as line
       from ledger.accounts where version > 0
       union all select concat('lot ', id, ' ', available, ' ', held, ' of ', initial) from ledger.lots`,
    );
    return rows.map(({ line }) => line).sort();
  }
}
