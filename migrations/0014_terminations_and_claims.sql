-- What the end of a contract has brought about, vouchers for points that were bought back, and claims of missing points.

create table exchange.termination_steps (
  contract_id uuid not null references partners.contracts,
  step text not null constraint a_termination_step_is_known check (step in ('DEPOSIT', 'OUTSTANDING', 'DEPOSIT_RETURN')),
  -- null while points are left that a hold still keeps
  done_at timestamptz,
  points bigint not null default 0,
  micros bigint not null default 0,
  constraint a_termination_step_is_taken_once primary key (contract_id, step)
);

create table exchange.vouchers (
  id uuid primary key,
  code text not null constraint a_voucher_code_is_given_once unique,
  contract_id uuid not null references partners.contracts,
  member_id uuid not null references members.members,
  currency_no smallint not null references partners.point_currencies,
  points bigint not null constraint a_voucher_stands_for_points check (points > 0),
  micros bigint not null,
  amount_minor bigint not null,
  status text not null constraint a_voucher_status_is_known check (status in ('ISSUED', 'REDEEMED')),
  issued_at timestamptz not null,
  redeemed_at timestamptz,
  constraint a_redeemed_voucher_says_when check ((status = 'REDEEMED') = (redeemed_at is not null))
);
create unique index one_open_voucher_a_member_contract_and_currency on exchange.vouchers (contract_id, member_id, currency_no) where status = 'ISSUED';
create index vouchers_by_member on exchange.vouchers (member_id);

-- A leaving partner's points are found without reading everybody's.
create index open_lots_by_issuer on ledger.lots (issuer) where available > 0 or held > 0;

create table exchange.claims (
  id uuid primary key,
  member_id uuid not null references members.members,
  partner_id uuid not null references partners.partners,
  task text not null,
  external_id text,
  occurred_at timestamptz not null,
  amount_minor bigint,
  points bigint,
  note text not null,
  status text not null constraint a_claim_status_is_known
    check (status in ('OPENED', 'PARTNER_REVIEW', 'APPROVED', 'REJECTED', 'ESCALATED')),
  -- the partner that answers for the task; null for the operator
  assignee uuid references partners.partners,
  opened_at timestamptz not null,
  sla_due_at timestamptz not null,
  escalated_at timestamptz,
  resolved_at timestamptz,
  reason text,
  accrual_id uuid references exchange.accruals,
  constraint a_claim_says_what_is_missing check (amount_minor is not null or points is not null),
  constraint an_escalated_claim_is_the_operators check (escalated_at is null or assignee is null),
  constraint a_resolved_claim_says_when check ((status in ('APPROVED', 'REJECTED')) = (resolved_at is not null)),
  constraint an_approved_claim_has_its_accrual check ((status = 'APPROVED') = (accrual_id is not null))
);
create index claims_by_assignee on exchange.claims (assignee, id);
create index claims_by_member on exchange.claims (member_id, id);

grant select, insert, update on exchange.termination_steps, exchange.vouchers, exchange.claims to pointsettia_app;
