-- An index with an entry for each row spends most of its bytes on keys that differ by one. Where many neighbours share a key, PostgreSQL keeps it
-- once for all of them: what is looked up is among the few rows of its key, which lie beside each other in the table.

-- The shelf of a number that counts upwards; eight neighbours, such as postings with their entries, stand on one.
create function ledger.shelf(p_number bigint) returns bigint language sql immutable parallel safe return p_number >> 3;
revoke all on function ledger.shelf from public;
grant execute on function ledger.shelf to pointsettia_app;

drop index ledger.entries_by_posting;
create index entries_by_posting on ledger.entries (ledger.shelf(posting_id));

drop index ledger.postings_by_transaction;
create index postings_by_transaction on ledger.postings (ledger.shelf(xid));

-- Nobody asks which posting an accrual or a transfer was: these are most postings. What came of a redemption, a block or a contract is asked.
drop index ledger.postings_by_reference;
create index postings_by_reference on ledger.postings (reference)
  where code not in ('accrual.confirmed', 'accrual.pending', 'accrual.pending_confirmed', 'transfer.completed', 'lot.expired');

-- As before, from the shelves.
create or replace function ledger.postings_since(p_snapshot pg_snapshot) returns table (snapshot text, unseen bigint[])
language plpgsql stable set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  return query
  select pg_current_snapshot()::text,
    array(
      select p.id from ledger.postings p
      where ledger.shelf(p.xid) >= ledger.shelf(pg_snapshot_xmax(p_snapshot)::text::bigint) and p.xid >= pg_snapshot_xmax(p_snapshot)::text::bigint
      union all
      select p.id from ledger.postings p
      where ledger.shelf(p.xid) = any(array(select ledger.shelf(under_way::text::bigint) from pg_snapshot_xip(p_snapshot) as under_way))
        and p.xid = any(array(select under_way::text::bigint from pg_snapshot_xip(p_snapshot) as under_way))
      order by 1
    );
end
$$;

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
    where ledger.shelf(e.posting_id) = any(array(select ledger.shelf(id) from unnest(p_postings) as id)) and e.posting_id = any(p_postings)
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
