-- What live delivery reads. What subscribers are told of besides postings, which are their own outbox: that something changed, not what. Written with the change,
-- read after its commit by snapshot, forgotten after an hour.

create table platform.outbox (
  id bigint generated always as identity primary key,
  xid xid8 not null default pg_current_xact_id(),
  topic text not null,
  key uuid not null,
  at timestamptz not null default clock_timestamp()
);
create index outbox_by_transaction on platform.outbox (xid);
create index outbox_by_time on platform.outbox (at);
grant select, insert, delete on platform.outbox to pointsettia_app;

-- The topic is the first argument; the name of the column that holds the changed object's id the second.
create function platform.tell() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into platform.outbox (topic, key) values (tg_argv[0], (to_jsonb(new) ->> tg_argv[1])::uuid);
  return null;
end
$$;

revoke execute on function platform.tell from public;

create trigger a_new_cycle_is_told after insert on ledger.cycles for each row execute function platform.tell('CYCLE', 'id');
create trigger a_cycle_that_went_on_is_told after update on ledger.cycles for each row
  when (old.status is distinct from new.status) execute function platform.tell('CYCLE', 'id');
create trigger a_dispute_is_told after insert or update on settlement.disputes for each row execute function platform.tell('DISPUTE', 'id');
create trigger evidence_of_a_dispute_is_told after insert on settlement.dispute_steps for each row
  execute function platform.tell('DISPUTE', 'dispute_id');
create trigger a_contract_step_is_told after insert on partners.contract_events for each row
  when (new.kind not in ('DRAFTED', 'REVISED')) execute function platform.tell('CONTRACT', 'contract_id');
create trigger a_draft_of_a_contract_is_told after insert on partners.contract_events for each row
  when (new.kind in ('DRAFTED', 'REVISED')) execute function platform.tell('DRAFT', 'contract_id');
create trigger a_redemption_to_approve_is_told after insert on exchange.redemptions for each row
  when (new.status = 'AWAITING_MEMBER_APPROVAL') execute function platform.tell('APPROVAL', 'id');
create trigger an_answered_approval_is_told after update on exchange.redemptions for each row
  when (old.status = 'AWAITING_MEMBER_APPROVAL' and new.status is distinct from old.status) execute function platform.tell('APPROVAL', 'id');

-- Read hundreds of times a second by every process that somebody listens to: a function keeps its plan, and planning costs more than reading.

-- Postings that a snapshot did not see and that are committed now; `newest` and `snapshot` are where to go on from.
create function ledger.postings_since(p_snapshot pg_snapshot, p_floor bigint)
returns table (snapshot text, xmin bigint, xmax bigint, newest bigint, unseen bigint[])
language plpgsql stable set enable_seqscan = off as $$
begin
  return query
  select s.now::text, pg_snapshot_xmin(s.now)::text::bigint, pg_snapshot_xmax(s.now)::text::bigint,
    coalesce((select max(p.id) from ledger.postings p), 0),
    array(
      select p.id from ledger.postings p
      where p_snapshot is not null and p.id > p_floor
        and p.xid >= pg_snapshot_xmin(p_snapshot)::text::bigint
        and not pg_visible_in_snapshot(p.xid::text::xid8, p_snapshot)
      order by p.id
    )
  from (select pg_current_snapshot() as now) s;
end
$$;
revoke execute on function ledger.postings_since from public;
grant execute on function ledger.postings_since to pointsettia_app;

-- The changes of wallets by postings, of all members or of some, each wallet's in their order.
create function exchange.wallet_changes(p_postings bigint[], p_members uuid[])
returns table (
  "memberId" uuid, "currencyNo" smallint, version bigint, available bigint, held bigint, pending bigint, points bigint, code ledger.posting_code,
  "partnerId" uuid, "occurredAt" timestamptz, "lotExpiresAt" timestamptz
)
language plpgsql stable set enable_seqscan = off as $$
begin
  return query
  select a.owner, a.unit, e.version, e.available_after, coalesce(e.held_after, 0), coalesce(e.pending_after, 0), e.available, p.code,
    p.partner, p.occurred_at, l.expires_at
  from ledger.entries e
  join ledger.accounts a on a.id = e.account_id and a.kind = 'WALLET' and (p_members is null or a.owner = any(p_members))
  join ledger.postings p on p.id = e.posting_id
  left join exchange.accruals c on c.id = p.reference and p.code in ('accrual.confirmed', 'accrual.pending_confirmed')
  left join exchange.exchanges x on x.id = p.reference and p.code in ('exchange.completed', 'exchange.redeemed') and x.to_no = a.unit
  left join ledger.lots l on l.id = coalesce(c.lot_id, x.lot_id)
  where e.posting_id = any(p_postings)
  order by e.account_id, e.version;
end
$$;
revoke execute on function exchange.wallet_changes from public;
grant execute on function exchange.wallet_changes to pointsettia_app;

-- What was written of objects since a snapshot; at least one row, with the snapshot to go on from.
create function platform.outbox_since(p_snapshot pg_snapshot) returns table (snapshot text, topic text, key uuid)
language plpgsql stable set enable_seqscan = off as $$
begin
  return query
  select s.now::text, o.topic, o.key
  from (select pg_current_snapshot() as now) s
  left join platform.outbox o on p_snapshot is not null
    and o.xid >= pg_snapshot_xmin(p_snapshot) and not pg_visible_in_snapshot(o.xid, p_snapshot)
  order by o.id;
end
$$;
revoke execute on function platform.outbox_since from public;
grant execute on function platform.outbox_since to pointsettia_app;
