-- What subscribers are told of besides postings, which are their own outbox: that something changed, not what. Written with the change,
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
