-- Disputes of frozen lines: what is disputed, how it was decided, and every step on the way. What claims of missing points waited for too long.

-- How long the operator has for an answer, and whether saying nothing is a yes.
create table settlement.dispute_policy (
  one boolean primary key default true constraint there_is_one_dispute_policy check (one),
  sla_days integer not null default 10 constraint a_dispute_policy_gives_days check (sla_days between 1 and 365),
  auto_accept boolean not null default false
);
insert into settlement.dispute_policy default values;

-- So that a dispute names the adjustment of its own line and amount, and no other.
create unique index adjustments_by_id_share_and_amount on settlement.adjustments (id, share_id, minor);

-- A partner's challenge to a part or the whole of its share of a frozen line.
create table settlement.disputes (
  id uuid primary key,
  share_id uuid not null references settlement.shares,
  reason text not null,
  disputed_minor bigint not null constraint a_dispute_claims_something check (disputed_minor > 0),
  status text not null constraint a_dispute_status_is_known check (status in
    ('OPENED', 'UNDER_REVIEW', 'EVIDENCE_REQUESTED', 'EVIDENCE_PROVIDED', 'ACCEPTED', 'PARTIALLY_ACCEPTED', 'REJECTED', 'WITHDRAWN')),
  stage integer not null default 1 constraint a_dispute_has_three_stages check (stage between 1 and 3),
  accepted_minor bigint,
  adjustment_id uuid constraint an_adjustment_settles_one_dispute unique,
  opened_at timestamptz not null,
  -- by when the operator must answer; null while it need not
  due_at timestamptz,
  -- the last instant at which a rejection may be escalated
  escalable_until timestamptz,
  -- when it was decided or withdrawn
  resolved_at timestamptz,
  -- what of the line nobody else may dispute: a final rejection keeps its amount
  covered_minor bigint not null generated always as (
    case
      when status in ('OPENED', 'UNDER_REVIEW', 'EVIDENCE_REQUESTED', 'EVIDENCE_PROVIDED') then disputed_minor
      when status in ('ACCEPTED', 'PARTIALLY_ACCEPTED') then accepted_minor
      when status = 'REJECTED' and stage = 3 then disputed_minor
      else 0
    end
  ) stored,
  constraint a_decision_says_what_is_accepted check (
    case status
      when 'ACCEPTED' then coalesce(accepted_minor = disputed_minor, false)
      when 'PARTIALLY_ACCEPTED' then coalesce(accepted_minor > 0 and accepted_minor < disputed_minor, false)
      when 'REJECTED' then coalesce(accepted_minor = 0, false)
      else accepted_minor is null
    end
  ),
  constraint what_is_accepted_is_adjusted check ((status in ('ACCEPTED', 'PARTIALLY_ACCEPTED')) = (adjustment_id is not null)),
  constraint an_adjustment_is_what_was_accepted foreign key (adjustment_id, share_id, accepted_minor)
    references settlement.adjustments (id, share_id, minor),
  constraint a_dispute_is_due_while_the_operator_must_answer
    check ((status in ('OPENED', 'UNDER_REVIEW', 'EVIDENCE_PROVIDED')) = (due_at is not null)),
  constraint a_rejection_says_until_when_it_is_escalated check ((status = 'REJECTED' and stage < 3) = (escalable_until is not null)),
  constraint an_ended_dispute_says_when
    check ((status in ('ACCEPTED', 'PARTIALLY_ACCEPTED', 'REJECTED', 'WITHDRAWN')) = (resolved_at is not null))
);
create index disputes_by_share on settlement.disputes (share_id);
create index disputes_by_due_time on settlement.disputes (coalesce(due_at, 'infinity'), id);

create function settlement.refuse_to_reopen_dispute() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE'
    or (old.id, old.share_id, old.reason, old.disputed_minor, old.opened_at) is distinct from (new.id, new.share_id, new.reason, new.disputed_minor, new.opened_at)
    or old.status in ('ACCEPTED', 'PARTIALLY_ACCEPTED', 'WITHDRAWN')
    or old.status = 'REJECTED' and (new.status <> 'UNDER_REVIEW' or new.stage <> old.stage + 1)
    or old.status <> 'REJECTED' and new.stage <> old.stage
  then
    raise exception 'a decided dispute is not changed: % of a dispute that is % is refused', tg_op, old.status
      using errcode = 'restrict_violation', constraint = 'a_decided_dispute_is_final';
  end if;
  return new;
end
$$;
create trigger a_decided_dispute_is_final before update or delete on settlement.disputes for each row execute function settlement.refuse_to_reopen_dispute();

-- Whoever disputes a line waits for the others that do, and then sees them.
create function settlement.check_disputed_whole() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('settlement.disputes ' || new.share_id, 0));
  if (select sum(d.covered_minor) from settlement.disputes d where d.share_id = new.share_id)
    > (select abs(s.minor) from settlement.shares s where s.id = new.share_id)
  then
    raise exception 'more is disputed than the line comes to' using errcode = 'check_violation', constraint = 'disputes_never_exceed_their_line';
  end if;
  return null;
end
$$;
create trigger disputes_never_exceed_their_line after insert or update on settlement.disputes
  for each row execute function settlement.check_disputed_whole();

create function settlement.check_statement_is_disputed() returns trigger language plpgsql as $$
begin
  if exists (
    select from settlement.shares h
    join settlement.lines l on l.id = h.line_id
    join settlement.statements s on s.cycle_no = l.cycle_no and s.partner_id = h.partner_id
    where h.id = new.share_id and (s.status = 'DISPUTED') <> exists (
      select from settlement.disputes d
      join settlement.shares other on other.id = d.share_id
      join settlement.lines of on of.id = other.line_id
      where of.cycle_no = s.cycle_no and other.partner_id = s.partner_id
        and d.status in ('OPENED', 'UNDER_REVIEW', 'EVIDENCE_REQUESTED', 'EVIDENCE_PROVIDED')
    )
  ) then
    raise exception 'a statement does not say whether it is disputed'
      using errcode = 'check_violation', constraint = 'a_statement_is_disputed_while_a_dispute_is_open';
  end if;
  return null;
end
$$;
create constraint trigger a_statement_is_disputed_while_a_dispute_is_open after insert or update on settlement.disputes
  deferrable initially deferred for each row execute function settlement.check_statement_is_disputed();

-- What was done with a dispute, by whom and when: evidence, requests, decisions.
create table settlement.dispute_steps (
  dispute_id uuid not null references settlement.disputes,
  no integer not null,
  status text not null,
  stage integer not null,
  actor text not null constraint a_dispute_step_is_taken_by_somebody check (actor in ('PARTNER', 'OPERATOR', 'POLICY')),
  note text,
  entry_ids uuid[] not null default '{}',
  accepted_minor bigint,
  at timestamptz not null,
  constraint a_dispute_takes_one_step_at_a_time primary key (dispute_id, no)
);
create trigger dispute_steps_are_append_only before update or delete or truncate on settlement.dispute_steps
  for each statement execute function settlement.refuse_change();

grant select, update on settlement.dispute_policy to pointsettia_app;
grant select, insert, update on settlement.disputes to pointsettia_app;
grant select, insert on settlement.dispute_steps to pointsettia_app;

-- Times that claims were to be decided by and were not.
create table exchange.claim_breaches (
  claim_id uuid not null references exchange.claims,
  due_at timestamptz not null,
  noted_at timestamptz not null,
  constraint a_breach_of_a_claim_is_noted_once primary key (claim_id, due_at)
);
create function exchange.refuse_breach_change() returns trigger language plpgsql as $$
begin
  raise exception 'what was noted of a claim is not changed: % is refused', tg_op
    using errcode = 'restrict_violation', constraint = 'breaches_of_claims_are_append_only';
end
$$;
create trigger breaches_of_claims_are_append_only before update or delete or truncate on exchange.claim_breaches
  for each statement execute function exchange.refuse_breach_change();
create index undecided_claims_by_due_time on exchange.claims (sla_due_at) where status not in ('APPROVED', 'REJECTED');

grant select, insert on exchange.claim_breaches to pointsettia_app;
