-- Every purchase opens a lot, and each index that has the lots of a wallet together costs it a page by chance. Those with points left are in one
-- already, in the order of their consumption, so only those that are spent need another; a lot goes there once, when its last points go.
create index spent_lots_by_account on ledger.lots (account_id, id) where available = 0;
drop index ledger.lots_by_account;

-- As before, by the indexes that there are: one condition on what is available and held together would be in neither.
create or replace function ledger.prolong_lots(p_account bigint[], p_until timestamptz[], p_opened uuid[]) returns void
language plpgsql security definer set search_path = ledger, platform, pg_temp set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_until timestamptz;
begin
  perform enter_cycle();
  for k in 1 .. cardinality(p_account) loop
    select greatest(p_until[k], max(l.expires_at)) into v_until
    from lots l
    where (l.account_id = p_account[k] and l.available > 0 or l.account_id = p_account[k] and l.available = 0) and l.available + l.held > 0;
    update lots l set expires_at = v_until
    where (l.account_id = p_account[k] and l.available > 0 or l.account_id = p_account[k] and l.available = 0) and l.available + l.held > 0
      and l.expires_at < v_until and (l.expires_at > platform.now() or l.id = p_opened[k]);
  end loop;
end
$$;
