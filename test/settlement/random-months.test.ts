import fc from 'fast-check';
import { cny, type Input, type Member, type Nova, startNova } from '../support/coalition.ts';
import { clearingOf, netsOf } from './clearing-api.ts';
import { type Brand, CURRENCY, cycleOf, type Event, expectedLines, type Happening, PARTIES } from './month-oracle.ts';
import { settlementOf } from './settlement-api.ts';

const START = Date.parse('2026-01-01T00:00:00+08:00');
const HOUR = 3_600_000;
const BUDGET: Input = { costAllocation: { code: 'MARKETING', budget: cny('1000.00'), basis: 'TRANSACTION_COUNT' } };
const EXCHANGE: Input = {
  exchange: { from: 'APT', to: 'BPT', spreadBps: 500, operatorShareBps: 6_000, sourceShareBps: 2_000, destinationShareBps: 2_000 },
};
const accepts = (currency: string): Input => ({ acceptance: { currencies: [currency] } });

type Step =
  | { readonly do: 'earn'; readonly brand: Brand; readonly who: number; readonly points: number; readonly hoursAgo: number }
  | { readonly do: 'return'; readonly which: number; readonly points: number }
  | { readonly do: 'burn'; readonly at: number; readonly who: number; readonly brand: Brand; readonly points: number }
  | { readonly do: 'refund'; readonly which: number; readonly points: number }
  | { readonly do: 'exchange'; readonly who: number; readonly points: number }
  | { readonly do: 'sell'; readonly who: number; readonly net: number; readonly hoursAgo: number }
  | { readonly do: 'pass'; readonly hours: number }
  | { readonly do: 'close'; readonly hoursAgo: number | null };

const brand = fc.constantFrom<Brand>('AERO', 'BOOKS', 'CAFE');
const who = fc.nat(2);
const points = fc.integer({ min: 1, max: 30_001 });
const hoursAgo = fc.integer({ min: 0, max: 400 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('earn' as const), brand, who, points, hoursAgo }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('return' as const), which: fc.nat(50), points }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('burn' as const), at: fc.nat(3), who, brand, points }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('refund' as const), which: fc.nat(50), points }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('exchange' as const), who, points }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('sell' as const), who, net: fc.integer({ min: 1, max: 99_999 }), hoursAgo }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pass' as const), hours: fc.integer({ min: 1, max: 60 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('close' as const), hoursAgo: fc.option(fc.integer({ min: 0, max: 50 })) }) },
);

/** Plays steps through the public API and keeps what was done for the oracle. */
class Play {
  readonly events: Event[] = [];
  readonly cutoffs: number[] = [];
  readonly cycles: string[] = [];
  readonly #nova: Nova;
  readonly #members: readonly { readonly member: Member; readonly home: Brand }[];
  readonly #accruals: { id: string; brand: Brand; left: number }[] = [];
  readonly #redemptions: { id: string; at: string; currency: string; left: number }[] = [];
  #now = START + 20 * 24 * HOUR;

  constructor(nova: Nova, members: Play['members']) {
    this.#nova = nova;
    this.#members = members;
  }

  get members(): readonly { readonly member: Member; readonly home: Brand }[] {
    return this.#members;
  }

  #happened(event: Happening, at: number): void {
    this.events.push({ ...event, at, recordedIn: this.cutoffs.length });
  }

  async take(what: Step): Promise<void> {
    const nova = this.#nova;
    const past = (hours: number) => Math.max(START, this.#now - hours * HOUR);
    switch (what.do) {
      case 'earn': {
        const at = past(what.hoursAgo);
        const { member } = this.#who(what.who);
        const { accrual } = await nova.earn(what.brand, member, { points: what.points, occurredAt: new Date(at).toISOString() });
        if (accrual === null) throw new Error('an accrual was refused');
        this.#accruals.push({ id: accrual.id, brand: what.brand, left: what.points });
        this.#happened({ kind: 'earned', partner: what.brand, points: BigInt(what.points) }, at);
        return;
      }
      case 'return': {
        const accrual = this.#accruals[what.which % Math.max(1, this.#accruals.length)];
        if (accrual === undefined) return;
        const taken = Math.min(what.points, accrual.left);
        const { userErrors } = await nova.reverse(accrual.brand, accrual.id, { points: taken });
        if (userErrors.length > 0) return;
        accrual.left -= taken;
        this.#happened({ kind: 'returned', partner: accrual.brand, points: BigInt(taken) }, Number.POSITIVE_INFINITY);
        return;
      }
      case 'burn': {
        const at = what.at === 3 ? 'DEPOT' : what.brand;
        const currency = CURRENCY[what.brand];
        const { redemption } = await nova.hold(at, this.#who(what.who).member, currency, what.points);
        if (redemption === null) return;
        await nova.capture(at, redemption.id);
        this.#redemptions.push({ id: redemption.id, at, currency, left: what.points });
        this.#happened({ kind: 'burned', partner: at, currency, points: BigInt(what.points) }, Number.POSITIVE_INFINITY);
        return;
      }
      case 'refund': {
        const burned = this.#redemptions[what.which % Math.max(1, this.#redemptions.length)];
        if (burned === undefined || burned.left === 0) return;
        const back = Math.min(what.points, burned.left);
        expect((await nova.refund(burned.at, burned.id, { points: back })).userErrors).toEqual([]);
        burned.left -= back;
        this.#happened({ kind: 'refunded', partner: burned.at, currency: burned.currency, points: BigInt(back) }, Number.POSITIVE_INFINITY);
        return;
      }
      case 'exchange': {
        const { token } = this.#who(what.who).member;
        const input = { from: 'APT', to: 'BPT', points: what.points };
        const { quoteExchange } = await nova.run<{ quoteExchange: { quote: { id: string } | null } }>(token, 'quote-exchange', { input });
        if (quoteExchange.quote === null) return;
        const { exchangePoints } = await nova.run<{ exchangePoints: { exchange: { debited: number; credited: number } | null } }>(
          token,
          'exchange-points',
          { input: { idempotencyKey: nova.newKey(), quoteId: quoteExchange.quote.id } },
        );
        if (exchangePoints.exchange === null) return;
        const { debited, credited } = exchangePoints.exchange;
        this.#happened({ kind: 'exchanged', debited: BigInt(debited), credited: BigInt(credited) }, Number.POSITIVE_INFINITY);
        return;
      }
      case 'sell': {
        const { member, home } = this.#who(what.who);
        const at = past(what.hoursAgo);
        const { sale } = await settlementOf(nova).sell('DEPOT', member, what.net, { occurredAt: new Date(at).toISOString() });
        if (sale === null) throw new Error('a sale was refused');
        this.#happened({ kind: 'sold', home, net: BigInt(what.net) }, at);
        return;
      }
      case 'pass':
        this.#now += what.hours * HOUR;
        await nova.setClock(new Date(this.#now).toISOString());
        return;
      case 'close':
        await this.#close(what.hoursAgo);
    }
  }

  /** Instants that the server chose, such as that of a burn, are after every cutoff that was in the past then: a backdated close leaves them out. */
  async #close(hoursAgo: number | null): Promise<void> {
    await this.take({ do: 'pass', hours: 1 });
    const cutoff = hoursAgo === null ? undefined : this.#now - hoursAgo * HOUR - 1;
    const start = this.cutoffs.at(-1) ?? START;
    if (cutoff !== undefined && cutoff <= start) return;
    const { cycle } = await clearingOf(this.#nova).close(cutoff === undefined ? undefined : new Date(cutoff).toISOString());
    // What the server dated itself happened at the hour at which the clock stood when it was asked.
    const closedAt = Date.parse(cycle.cutoff);
    this.cutoffs.push(closedAt);
    this.cycles.push(cycle.id);
  }

  /** Replaces the instants that the server chose by those in the book. */
  async dated(): Promise<Event[]> {
    const rows = await this.#nova.app.db.rows<{ at: Date }>(
      `select occurred_at as at from ledger.postings
       where code in ('accrual.reversed', 'redemption.captured', 'redemption.refunded', 'exchange.completed') order by id`,
    );
    const dates = rows.values();
    return this.events.map((event) => {
      if (event.at !== Number.POSITIVE_INFINITY) return event;
      const next = dates.next();
      if (next.done === true) throw new Error('the book has fewer postings than were made');
      return { ...event, at: next.value.at.getTime() };
    });
  }

  #who(no: number): { readonly member: Member; readonly home: Brand } {
    const found = this.#members[no % this.#members.length];
    if (found === undefined) throw new Error('there is no member');
    return found;
  }
}

test('random months come out line for line as an independent reckoning says, wherever cycles are cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 25, maxLength: 45 }), async (steps) => {
      const nova = await startNova({
        AERO: { clauses: [BUDGET, EXCHANGE, accepts('APT')] },
        BOOKS: { clauses: [BUDGET, accepts('BPT')] },
        CAFE: { clauses: [BUDGET, accepts('CPT')] },
        DEPOT: { clauses: [BUDGET, { revenueShare: { basis: 'NET_SALE', bps: 150, payee: 'HOME' } }] },
      });
      try {
        await nova.setClock(new Date(START + 20 * 24 * HOUR).toISOString());
        const homes: Brand[] = ['AERO', 'BOOKS', 'CAFE'];
        const members = await Promise.all(homes.map(async (home) => ({ member: await nova.enrol({ homePartner: home }), home })));
        const play = new Play(nova, members);
        for (const one of steps) await play.take(one);
        await play.take({ do: 'close', hoursAgo: null });
        await play.take({ do: 'close', hoursAgo: null });
        const events = await play.dated();
        const clearing = clearingOf(nova);
        for (const [no, cycle] of play.cycles.entries()) {
          const expected = expectedLines(events.filter((event) => cycleOf(event, play.cutoffs) === no));
          for (const partner of PARTIES)
            expect([no, partner, await clearing.amountsOf(partner, cycle)]).toEqual([no, partner, expected[partner]]);
        }
        expect(await nova.faults()).toEqual([]);
      } finally {
        await nova.stop();
      }
    }),
    { numRuns: 5, endOnFailure: true },
  );
}, 180_000);

test('the positions of all cycles together are what the accounts of the book say', async () => {
  const nova = await startNova();
  try {
    const member = await nova.enrol();
    const clearing = clearingOf(nova);
    const nets: Record<string, number>[] = [];
    for (const points of [333, 1_001, 77]) {
      await nova.earn('AERO', member, { points });
      await nova.earn('BOOKS', member, { points });
      nets.push(netsOf(await clearing.close()));
    }
    const accounts = await nova.app.db.rows<{ party: string; micros: bigint }>(
      `select coalesce(p.code, a.kind::text) as party, sum(a.available)::bigint as micros
       from ledger.accounts a left join partners.partners p on p.id = a.owner where a.kind in ('PARTNER', 'OPERATOR') group by 1`,
    );
    for (const { party, micros } of accounts)
      expect([party, micros]).toEqual([party, BigInt(nets.reduce((sum, net) => sum + (net[party] ?? 0), 0)) * 10_000n]);
    const [book] = await nova.app.db.rows<{ pool: bigint; rounding: bigint }>(
      `select sum(available) filter (where kind = 'POOL')::bigint as pool, sum(available) filter (where kind = 'ROUNDING')::bigint as rounding
       from ledger.accounts`,
    );
    const pool = BigInt(nets.reduce((sum, net) => sum + (net.POOL ?? 0), 0)) * 10_000n;
    expect((book?.pool ?? 0n) + (book?.rounding ?? 0n)).toBe(pool);
    expect(book?.rounding).not.toBe(0n);
  } finally {
    await nova.stop();
  }
});
