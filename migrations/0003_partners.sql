-- The program, its point currencies, partners, their contracts and earn rules.

create schema partners;
grant usage on schema partners to pointsettia_app;

create table partners.program (
  only_row boolean primary key default true constraint there_is_one_program check (only_row),
  id uuid not null default gen_random_uuid(),
  code text not null default 'MAIN',
  name text not null default 'MAIN',
  time_zone text not null default 'Asia/Shanghai',
  settlement_currency text not null default 'CNY',
  starts_at timestamptz not null default date_trunc('milliseconds', clock_timestamp()),
  bank_account jsonb
);
insert into partners.program default values;

insert into ledger.cycles (no, id, starts_at, cutoff)
select 1, gen_random_uuid(), p.starts_at, (date_trunc('month', p.starts_at at time zone p.time_zone) + interval '1 month') at time zone p.time_zone
from partners.program p;

create table partners.partners (
  id uuid primary key,
  code text not null constraint a_partner_code_is_used_once unique,
  name text not null,
  roles text[] not null,
  category text,
  bank_account jsonb,
  created_at timestamptz not null
);

create table partners.point_currencies (
  no smallint generated always as identity primary key,
  id uuid not null unique,
  code text not null constraint a_currency_code_is_used_once unique,
  name text not null,
  issuer uuid references partners.partners,
  expiry jsonb not null,
  created_at timestamptz not null
);

create table partners.contracts (
  no integer generated always as identity unique,
  id uuid primary key,
  partner_id uuid not null references partners.partners,
  created_at timestamptz not null,
  suspended_at timestamptz,
  notice_given_at timestamptz,
  notice_reason text,
  earn_end timestamptz,
  burn_end timestamptz,
  tail_end timestamptz,
  constraint notice_counts_forward check (
    (notice_given_at is null and earn_end is null and burn_end is null and tail_end is null)
    or (notice_given_at <= earn_end and earn_end <= burn_end and burn_end <= tail_end)
  )
);

create table partners.contract_versions (
  id uuid primary key,
  contract_id uuid not null references partners.contracts,
  contract_no integer not null,
  number integer not null,
  clauses jsonb not null,
  proposed_at timestamptz not null,
  partner_signed_at timestamptz,
  operator_signed_at timestamptz,
  effective_from timestamptz not null,
  effective_until timestamptz,
  constraint a_version_number_is_used_once unique (contract_id, number),
  constraint a_version_ends_after_it_starts check (effective_until is null or effective_until >= effective_from),
  constraint the_partner_signs_first check (operator_signed_at is null or partner_signed_at is not null),
  constraint versions_in_force_do_not_overlap exclude using gist (
    int8range(contract_no, contract_no, '[]') with &&,
    tstzrange(effective_from, effective_until) with &&
  ) where (operator_signed_at is not null)
);

create table partners.earn_rules (
  id uuid primary key,
  code text not null,
  version integer not null,
  partner_id uuid references partners.partners,
  currency_no smallint not null references partners.point_currencies,
  effective_from timestamptz not null,
  effective_until timestamptz,
  definition jsonb not null,
  published_at timestamptz not null,
  constraint an_earn_rule_version_is_used_once unique nulls not distinct (partner_id, code, version),
  constraint a_rule_ends_after_it_starts check (effective_until is null or effective_until >= effective_from)
);

grant select, insert, update on all tables in schema partners to pointsettia_app;
