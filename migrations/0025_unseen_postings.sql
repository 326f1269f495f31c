-- Committed postings are found by the numbers of their transactions alone. Ids tell nothing about what is still to be committed: a transaction
-- that began before a snapshot may have a higher number than the snapshot's last, and a lower id than a posting that the snapshot saw.
drop function ledger.postings_since(pg_snapshot, bigint);
drop index ledger.postings_by_transaction;
create index postings_by_transaction on ledger.postings (xid);

-- Postings that a snapshot did not see and that are committed now, and the snapshot to go on from. What it did not see was under way then, or
-- came later: what is committed of either is looked up, so that a transaction that lasts long costs nothing.
create function ledger.postings_since(p_snapshot pg_snapshot) returns table (snapshot text, unseen bigint[])
language plpgsql stable set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  return query
  select pg_current_snapshot()::text,
    array(
      select p.id from ledger.postings p where p.xid >= pg_snapshot_xmax(p_snapshot)::text::bigint
      union all
      select p.id from ledger.postings p where p.xid = any(array(select under_way::text::bigint from pg_snapshot_xip(p_snapshot) as under_way))
      order by 1
    );
end
$$;
revoke execute on function ledger.postings_since from public;
grant execute on function ledger.postings_since to pointsettia_app;

-- The entries first, and then what they belong to: from the wallets of everybody who is followed to their entries is a long way. The plan is kept,
-- as planning five joins anew for every few changes takes longer than reading them.
create or replace function exchange.wallet_changes(p_postings bigint[], p_members uuid[])
returns table (
  "memberId" uuid, "currencyNo" smallint, version bigint, available bigint, held bigint, pending bigint, points bigint, code ledger.posting_code,
  "partnerId" uuid, "occurredAt" timestamptz, "lotExpiresAt" timestamptz
)
language plpgsql stable set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  return query
  with of_postings as materialized (
    select e.account_id, e.posting_id, e.version, e.available, e.available_after, e.held_after, e.pending_after
    from ledger.entries e
    where e.posting_id = any(p_postings)
  ), of_wallets as materialized (
    select e.*, a.owner, a.unit
    from of_postings e
    join ledger.accounts a on a.id = e.account_id and a.kind = 'WALLET' and (p_members is null or a.owner = any(p_members))
  )
  select e.owner, e.unit, e.version, e.available_after, coalesce(e.held_after, 0), coalesce(e.pending_after, 0), e.available, p.code,
    p.partner, p.occurred_at, l.expires_at
  from of_wallets e
  join ledger.postings p on p.id = e.posting_id
  left join exchange.accruals c on c.id = p.reference and p.code in ('accrual.confirmed', 'accrual.pending_confirmed')
  left join exchange.exchanges x on x.id = p.reference and p.code in ('exchange.completed', 'exchange.redeemed') and x.to_no = e.unit
  left join ledger.lots l on l.id = coalesce(c.lot_id, x.lot_id)
  order by e.account_id, e.version;
end
$$;
