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

-- Planning five joins anew for every few changes takes longer than reading them.
alter function exchange.wallet_changes(bigint[], uuid[]) set plan_cache_mode = force_generic_plan;
