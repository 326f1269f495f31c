-- The life of a contract: drafts and signatures with their notes, notice with a cause, and what was done to it.

alter table partners.contracts
  add column termination_cause text constraint a_termination_cause_is_known
    check (termination_cause in ('NON_PAYMENT', 'BREACH', 'INSOLVENCY', 'CHANGE_OF_CONTROL')),
  add constraint a_cause_comes_with_notice check (termination_cause is null or notice_given_at is not null);

alter table partners.contract_versions
  alter column proposed_at drop not null,
  add column revision integer not null default 1 constraint a_revision_counts_from_one check (revision >= 1),
  add column type text not null default 'PARTNERSHIP' constraint a_contract_type_is_known
    check (type in ('ALLIANCE', 'PARTNERSHIP', 'JOINT_PROMOTION', 'PILOT')),
  add column term_months integer constraint a_term_has_months check (term_months >= 1),
  add column agreed_until timestamptz,
  add column partner_note text,
  add column operator_note text,
  add constraint a_draft_is_signed_by_nobody check (proposed_at is not null or (partner_signed_at is null and operator_signed_at is null)),
  add constraint a_version_ends_no_later_than_agreed check (agreed_until is null or effective_until <= agreed_until);
comment on column partners.contract_versions.proposed_at is 'None while it is a draft.';
comment on column partners.contract_versions.agreed_until is 'Its own end. effective_until is earlier where a later version took its place.';

update partners.contract_versions v set agreed_until = v.effective_until
where v.effective_until is not null and not exists (
  select from partners.contract_versions later
  where later.contract_id = v.contract_id and later.id <> v.id and later.operator_signed_at is not null and later.effective_from = v.effective_until
);

create function partners.keep_agreed_terms() returns trigger language plpgsql as $$
begin
  if old.proposed_at is not null and new.proposed_at is not null
    and (new.contract_id, new.number, new.clauses, new.type, new.effective_from, new.revision, new.term_months, new.agreed_until)
      is distinct from (old.contract_id, old.number, old.clauses, old.type, old.effective_from, old.revision, old.term_months, old.agreed_until)
  then
    raise exception 'version % is no draft', old.number using errcode = 'restrict_violation', constraint = 'only_a_draft_is_revised';
  end if;
  if old.operator_signed_at is not null and (
    (new.proposed_at, new.partner_signed_at, new.operator_signed_at) is distinct from (old.proposed_at, old.partner_signed_at, old.operator_signed_at)
    or coalesce(new.effective_until, 'infinity') > coalesce(old.effective_until, 'infinity')
  ) then
    raise exception 'version % is signed by both', old.number using errcode = 'restrict_violation', constraint = 'what_both_signed_stands';
  end if;
  return new;
end
$$;
create trigger agreed_terms_stand before update on partners.contract_versions for each row execute function partners.keep_agreed_terms();

-- What operator and partner did, step by step. `actor` is the operator's user, or the partner's id.
create table partners.contract_events (
  no bigint generated always as identity primary key,
  contract_id uuid not null references partners.contracts,
  version integer,
  kind text not null constraint a_contract_event_is_known check (kind in (
    'DRAFTED', 'REVISED', 'PROPOSED', 'SIGNED', 'REJECTED', 'SUSPENDED', 'RESUMED', 'NOTICE_GIVEN', 'NOTE_ADDED'
  )),
  party text not null constraint a_contract_has_two_parties check (party in ('OPERATOR', 'PARTNER')),
  actor text not null,
  at timestamptz not null,
  note text,
  constraint an_event_is_about_a_version_there_is foreign key (contract_id, version) references partners.contract_versions (contract_id, number)
);
create index contract_events_by_contract on partners.contract_events (contract_id, no);
create function partners.refuse_change_of_history() returns trigger language plpgsql as $$
begin
  raise exception 'the history of contracts is only added to: % is refused', tg_op
    using errcode = 'restrict_violation', constraint = 'contract_history_is_append_only';
end
$$;
create trigger contract_history_is_append_only before update or delete or truncate on partners.contract_events
  for each statement execute function partners.refuse_change_of_history();
grant select, insert on partners.contract_events to pointsettia_app;
