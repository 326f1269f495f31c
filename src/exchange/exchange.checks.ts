import type { Check } from '../ledger/verify.checks.ts';

const WALLET = "format('wallet of member %s, point currency %s', w.owner, w.unit)";

/** What must hold between the book and what is kept of accruals, redemptions, blocks and exchanges. */
export const EXCHANGE_CHECKS: readonly Check[] = [
  {
    name: 'holds_are_held',
    sentence: 'Every wallet holds what its open redemptions hold.',
    query: `
      select format('%s: has %s held, its open redemptions %s', ${WALLET}, w.held, coalesce(r.points, 0)) as what
      from (select owner, unit, held from ledger.accounts where kind = 'WALLET') w
      left join (
        select member_id, currency_no, sum(held_points) as points from exchange.redemptions where status in ('HELD', 'AWAITING_MEMBER_APPROVAL') group by 1, 2
      ) r on r.member_id = w.owner and r.currency_no = w.unit
      where w.held <> coalesce(r.points, 0)`,
  },
  {
    name: 'promises_are_pending',
    sentence: 'Every wallet has pending what its pending accruals promise.',
    query: `
      select format('%s: has %s pending, its pending accruals %s', ${WALLET}, w.pending, coalesce(p.points, 0)) as what
      from (select owner, unit, pending from ledger.accounts where kind = 'WALLET') w
      left join (
        select member_id, currency_no, sum(points - reversed_points) as points from exchange.accruals where status = 'PENDING' group by 1, 2
      ) p on p.member_id = w.owner and p.currency_no = w.unit
      where w.pending <> coalesce(p.points, 0)`,
  },
  {
    name: 'prepaid_money_is_in_blocks',
    sentence: 'Every prepaid account has what the points left in its blocks were paid for, and every block what accruals left in it.',
    query: `
      select format('partner %s, point currency %s: %s micros prepaid, blocks are worth %s', coalesce(a.owner, b.partner_id),
        coalesce(a.topic, b.currency_no), coalesce(a.balance, 0), coalesce(b.worth, 0)) as what
      from (select owner, topic, available + pending as balance from ledger.accounts where kind = 'PREPAID') a
      full join (
        select partner_id, currency_no, sum(remaining * (redemption_micros + service_micros)) as worth from exchange.point_blocks group by 1, 2
      ) b on b.partner_id = a.owner and b.currency_no = a.topic
      where coalesce(a.balance, 0) <> coalesce(b.worth, 0)
      union all
      select format('block %s: %s of %s points left, accruals took %s', b.id, b.remaining, b.points, coalesce(sum(t.points - t.returned), 0))
      from exchange.point_blocks b left join exchange.accrual_blocks t on t.block_id = b.id
      group by b.id having b.remaining <> b.points - coalesce(sum(t.points - t.returned), 0)`,
  },
  {
    name: 'exchanges_are_posted',
    sentence: 'Every exchange is one posting with its spread, and counts in its pair and cycle.',
    query: `
      select format('exchange %s: %s postings with a spread of %s micros, kept as %s', x.id, count(distinct p.id), coalesce(sum(e.available), 0), x.spread_micros) as what
      from exchange.exchanges x
      left join ledger.postings p on p.reference = x.id and p.code in ('exchange.completed', 'exchange.redeemed')
      left join ledger.entries e on e.posting_id = p.id
        and exists (select from ledger.accounts a where a.id = e.account_id and a.kind = 'SPREAD')
      group by x.id having count(distinct p.id) <> 1 or coalesce(sum(e.available), 0) <> x.spread_micros
      union all
      select format('point currencies %s to %s, cycle %s: %s counted, %s exchanged', u.from_no, u.to_no, u.cycle, u.used, coalesce(sum(x.debited), 0))
      from exchange.exchange_usage u left join exchange.exchanges x using (from_no, to_no, cycle)
      group by u.from_no, u.to_no, u.cycle having u.used <> coalesce(sum(x.debited), 0)`,
  },
  {
    name: 'accruals_name_what_exists',
    sentence: 'Every accrual names a member, a partner and a point currency that exist.',
    query: `
      select format('accrual %s: member %s, partner %s, point currency %s', a.id, a.member_id, a.partner_id, a.currency_no) as what
      from exchange.accruals a
      left join members.members m on m.id = a.member_id
      left join partners.partners p on p.id = a.partner_id
      left join partners.point_currencies c on c.no = a.currency_no
      where m.id is null or p.id is null or c.no is null`,
  },
];
