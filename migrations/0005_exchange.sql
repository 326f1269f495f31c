-- What members do with points: accruals and redemptions.

create schema exchange;
grant usage on schema exchange to pointsettia_app;

create table exchange.accruals (
  id uuid primary key,
  partner_id uuid not null references partners.partners,
  external_id text not null,
  request_hash bytea not null,
  member_id uuid not null references members.members,
  currency_no smallint not null references partners.point_currencies,
  status text not null constraint an_accrual_status_is_known
    check (status in ('PENDING', 'CONFIRMED', 'PARTIALLY_REVERSED', 'REVERSED', 'CANCELLED', 'ON_HOLD_REVIEW')),
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  channel text not null,
  location_id text,
  promotion text,
  amount_minor bigint,
  points bigint not null constraint an_accrual_is_not_negative check (points >= 0),
  reversed_points bigint not null default 0,
  returned_minor bigint not null default 0,
  pending_until timestamptz,
  -- what one point cost its partner when it was earned, and the part that went to the pool
  redemption_micros bigint not null,
  service_micros bigint not null,
  funded_micros bigint not null,
  lot_id uuid,
  breakdown jsonb not null,
  constraint an_external_id_earns_once unique (partner_id, external_id),
  constraint reversals_never_exceed_the_accrual check (reversed_points between 0 and points),
  constraint returns_never_exceed_the_amount check (returned_minor between 0 and coalesce(amount_minor, 0))
) with (fillfactor = 90);
create index accruals_by_pending_until on exchange.accruals (pending_until) where status = 'PENDING';

-- How much of a rule's daily caps a member has used.
create table exchange.rule_usage (
  member_id uuid not null,
  rule text not null,
  day date not null,
  spend_minor bigint not null,
  times integer not null,
  primary key (member_id, rule, day)
);

create table exchange.redemptions (
  id uuid primary key,
  partner_id uuid not null references partners.partners,
  member_id uuid not null references members.members,
  currency_no smallint not null references partners.point_currencies,
  status text not null constraint a_redemption_status_is_known
    check (status in ('AWAITING_MEMBER_APPROVAL', 'HELD', 'CAPTURED', 'VOIDED', 'EXPIRED_HOLD', 'PARTIALLY_REFUNDED', 'REFUNDED')),
  order_external_id text not null,
  channel text not null,
  order_minor bigint,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  captured_at timestamptz,
  held_points bigint not null constraint a_hold_takes_points check (held_points > 0),
  captured_points bigint not null default 0,
  released_points bigint not null default 0,
  refunded_points bigint not null default 0,
  reimbursement_rate_micros bigint,
  reimbursement_micros bigint not null default 0,
  -- in the order of consumption: what was taken from each lot, and at which rates it was captured
  allocations jsonb not null,
  constraint captures_never_exceed_the_hold check (captured_points >= 0 and released_points >= 0 and captured_points + released_points <= held_points),
  constraint refunds_never_exceed_the_capture check (refunded_points between 0 and captured_points)
);
create index redemptions_by_member on exchange.redemptions (member_id, created_at);
create index redemptions_by_expiry on exchange.redemptions (expires_at) where status = 'HELD';

-- While a file is imported: how often each of its lines has been seen. What a run leaves behind that was ended by force is no loss.
create unlogged table exchange.import_lines (
  run uuid not null,
  line bytea not null,
  times integer not null,
  primary key (run, line)
);
grant delete on exchange.import_lines to pointsettia_app;

grant select, insert, update on all tables in schema exchange to pointsettia_app;
