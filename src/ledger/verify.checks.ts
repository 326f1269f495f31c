/** One thing that must hold in every ledger; its query answers a line of text for everything that is off. */
export interface Check {
  readonly name: string;
  readonly sentence: string;
  readonly query: string;
}

const ACCOUNT = "concat_ws(' ', 'account', a.id, a.kind, a.owner)";

/** Set-based and read-only; each scans the book once, sorting or hashing within work_mem. */
export const CHECKS: readonly Check[] = [
  {
    name: 'postings_balance',
    sentence: 'The entries of every posting sum to zero in every unit.',
    query: `
      select format('posting %s, unit %s: %s available and held, %s pending', e.posting_id, a.unit,
        sum(e.available + coalesce((e.aside).held, 0)), sum(coalesce((e.aside).pending, 0))) as what
      from ledger.entries e left join ledger.accounts a on a.id = e.account_id
      group by e.posting_id, a.unit
      having sum(e.available + coalesce((e.aside).held, 0)) <> 0 or sum(coalesce((e.aside).pending, 0)) <> 0`,
  },
  {
    name: 'balances_follow_from_entries',
    sentence: 'Every balance is the sum of its entries, and its version is their number.',
    query: `
      select format('%s: has %s available, %s held, %s pending at version %s; entries make %s, %s, %s at %s', ${ACCOUNT},
        a.available, a.held, a.pending, a.version, coalesce(e.available, 0), coalesce(e.held, 0), coalesce(e.pending, 0), coalesce(e.version, 0)) as what
      from ledger.accounts a
      left join (
        select e.account_id, sum(e.available) as available, sum(coalesce((e.aside).held, 0)) as held,
          sum(coalesce((e.aside).pending, 0)) as pending, count(*) as version
        from ledger.entries e group by e.account_id
      ) e on e.account_id = a.id
      where (a.available, a.held, a.pending, a.version)
        is distinct from (coalesce(e.available, 0), coalesce(e.held, 0), coalesce(e.pending, 0), coalesce(e.version, 0))`,
  },
  {
    name: 'history_is_continuous',
    sentence:
      'The versions of every account run 1, 2, 3 ... without gap, each with the running balance, and time never runs backwards along them.',
    query: `
      select format('account %s, version %s: should be version %s with %s available, %s held, %s pending', h.account_id, h.version,
        h.expected_version, h.running_available, h.running_held, h.running_pending) as what
      from (
        select e.account_id, e.version, e.available_after, coalesce((e.aside).held_after, 0) as held_after,
          coalesce((e.aside).pending_after, 0) as pending_after, p.recorded_at, lag(p.recorded_at) over w as recorded_before,
          row_number() over w as expected_version, sum(e.available) over w as running_available,
          sum(coalesce((e.aside).held, 0)) over w as running_held, sum(coalesce((e.aside).pending, 0)) over w as running_pending
        from ledger.entries e
        left join ledger.postings p on p.id = e.posting_id
        window w as (partition by e.account_id order by e.version)
      ) h
      where h.version <> h.expected_version or h.available_after <> h.running_available or h.held_after <> h.running_held
        or h.pending_after <> h.running_pending or h.recorded_at < h.recorded_before`,
  },
  {
    name: 'nothing_is_orphaned',
    sentence: 'Every entry has its posting and its account; every lot has its wallet; every posting has its cycle.',
    query: `
      select format('account %s, version %s: no posting %s, or no account', e.account_id, e.version, e.posting_id) as what
      from ledger.entries e
      where not exists (select from ledger.postings p where p.id = e.posting_id)
        or not exists (select from ledger.accounts a where a.id = e.account_id)
      union all
      select format('lot %s: no wallet %s, or no posting %s', l.id, l.account_id, l.posting_id)
      from ledger.lots l
      where not exists (select from ledger.postings p where p.id = l.posting_id)
        or not exists (select from ledger.accounts a where a.id = l.account_id and a.kind = 'WALLET')
      union all
      select format('use of lot %s: no posting %s', u.lot_id, u.posting_id)
      from ledger.lot_uses u where not exists (select from ledger.postings p where p.id = u.posting_id)
      union all
      select format('posting %s: no cycle %s', p.id, p.cycle)
      from ledger.postings p where not exists (select from ledger.cycles c where c.no = p.cycle)`,
  },
  {
    name: 'wallets_are_their_lots',
    sentence: 'Every wallet has available and held what its lots have, and nothing in it is negative.',
    query: `
      select format('%s: has %s available and %s held (%s pending), its lots %s and %s', ${ACCOUNT},
        a.available, a.held, a.pending, coalesce(l.available, 0), coalesce(l.held, 0)) as what
      from ledger.accounts a
      left join (select account_id, sum(available) as available, sum(held) as held from ledger.lots group by account_id) l on l.account_id = a.id
      where a.kind = 'WALLET'
        and (a.available <> coalesce(l.available, 0) or a.held <> coalesce(l.held, 0) or least(a.available, a.held, a.pending) < 0)`,
  },
  {
    name: 'lots_follow_from_uses',
    sentence: 'Every lot is what it started with and what was done to it, and never had less than nothing or more than at first.',
    query: `
      select format('lot %s: has %s available and %s held of %s; its uses leave %s and %s', l.id, l.available, l.held, l.initial,
        l.initial + coalesce(u.available, 0), coalesce(u.held, 0)) as what
      from ledger.lots l
      left join (select lot_id, sum(available) as available, sum(held) as held from ledger.lot_uses group by lot_id) u on u.lot_id = l.id
      where l.available <> l.initial + coalesce(u.available, 0) or l.held <> coalesce(u.held, 0)
      union all
      select format('lot %s: %s available and %s held of %s after posting %s', r.lot_id, r.available, r.held, r.initial, r.posting_id)
      from (
        select u.lot_id, u.posting_id, l.initial, l.initial + sum(u.available) over w as available, sum(u.held) over w as held
        from ledger.lot_uses u join ledger.lots l on l.id = u.lot_id
        window w as (partition by u.lot_id order by u.posting_id)
      ) r
      where r.available < 0 or r.held < 0 or r.available + r.held > r.initial`,
  },
  {
    name: 'postings_change_wallets_as_lots',
    sentence: 'Every posting changes every wallet as it changes the lots of the wallet.',
    query: `
      select format('posting %s, wallet %s: off by %s available and %s held', c.posting_id, c.account_id, sum(c.available), sum(c.held)) as what
      from (
        select e.posting_id, e.account_id, e.available, coalesce((e.aside).held, 0) as held
        from ledger.entries e join ledger.accounts a on a.id = e.account_id and a.kind = 'WALLET'
        union all
        select l.posting_id, l.account_id, -l.initial, 0 from ledger.lots l
        union all
        select u.posting_id, l.account_id, -u.available, -u.held from ledger.lot_uses u join ledger.lots l on l.id = u.lot_id
      ) c
      group by c.posting_id, c.account_id
      having sum(c.available) <> 0 or sum(c.held) <> 0`,
  },
  {
    name: 'pools_cover_their_points',
    sentence: 'Every pool holds what was paid into it for the points that are outstanding, to the micro.',
    query: `
      select format('point currency %s: the pool holds %s micros for points funded with %s', coalesce(p.topic, l.unit),
        coalesce(p.available, 0), coalesce(l.funded, 0)) as what
      from (select topic, available from ledger.accounts where kind = 'POOL') p
      full join (
        select a.unit, sum((l.available + l.held) * l.funded_micros::numeric) as funded
        from ledger.lots l join ledger.accounts a on a.id = l.account_id
        group by a.unit
      ) l on l.unit = p.topic
      where coalesce(p.available, 0) <> coalesce(l.funded, 0)`,
  },
  {
    name: 'units_sum_to_zero',
    sentence: 'All money together is zero, and so are all points of a currency, issued ones counted negative.',
    query: `
      select format('unit %s: %s available and held, %s pending over all accounts', a.unit, sum(a.available + a.held), sum(a.pending)) as what
      from ledger.accounts a
      group by a.unit
      having sum(a.available + a.held) <> 0 or sum(a.pending) <> 0`,
  },
  {
    name: 'one_cycle_is_open',
    sentence: 'Exactly one clearing cycle is open, and nothing was posted to a later one.',
    query: `
      select format('%s cycles are open', count(*)) as what from ledger.cycles c where c.status = 'OPEN' having count(*) <> 1
      union all
      select format('posting %s is in cycle %s, after the open one', p.id, p.cycle)
      from ledger.postings p where p.cycle > (select max(no) from ledger.cycles where status = 'OPEN')`,
  },
];
