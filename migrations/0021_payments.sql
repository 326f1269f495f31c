-- Payments that come late or not at all, bank statements, netting between named pairs, and limits up to which positions are funded.

-- What holds for all partners. It has one row.
create table settlement.policy (
  only_row boolean primary key default true constraint there_is_one_settlement_policy check (only_row),
  -- days after the due date on which an unpaid payment becomes a default
  default_after_days integer not null default 30 constraint a_default_comes_after_some_days check (default_after_days between 1 and 3650)
);
insert into settlement.policy default values;
grant select, update on settlement.policy to pointsettia_app;

-- Up to what a partner pays for one cycle; the latest holds, and null is no limit.
create table settlement.funding_limits (
  id uuid primary key,
  partner_id uuid not null references partners.partners,
  limit_minor bigint constraint a_funding_limit_is_never_negative check (limit_minor >= 0),
  set_at timestamptz not null
);
create index funding_limits_by_partner on settlement.funding_limits (partner_id, id);
grant select, insert on settlement.funding_limits to pointsettia_app;

-- Two partners that settle with each other what they owe each other directly, from an instant until another.
create table settlement.netting_pairs (
  id uuid primary key,
  partner_a uuid not null references partners.partners,
  partner_b uuid not null references partners.partners,
  starts_at timestamptz not null,
  ends_at timestamptz,
  constraint a_netting_pair_is_two_partners check (partner_a < partner_b),
  -- one that ends as it begins was taken back before
  constraint a_netting_pair_never_ends_before_it_begins check (ends_at >= starts_at)
);
create unique index a_pair_nets_once_at_a_time on settlement.netting_pairs (partner_a, partner_b) where ends_at is null;
grant select, insert on settlement.netting_pairs to pointsettia_app;
grant update (ends_at) on settlement.netting_pairs to pointsettia_app;

-- Money that a bank statement says came or went, each entry once.
create table settlement.bank_entries (
  id uuid primary key,
  no bigint generated always as identity,
  -- the operator's account, as the statement names it
  account text not null,
  bank_reference text not null,
  direction text not null constraint a_bank_entry_comes_or_goes check (direction in ('CREDIT', 'DEBIT')),
  amount_minor bigint not null constraint a_bank_entry_moves_money check (amount_minor > 0),
  matched_minor bigint not null default 0,
  value_date date not null,
  end_to_end_id text,
  counterparty_name text,
  counterparty_iban text,
  remittance text,
  -- by what it was matched first, and why a part of it was not
  matched_by text,
  reason text,
  constraint a_bank_entry_is_taken_once unique (account, bank_reference),
  constraint a_bank_entry_pays_no_more_than_it_brought check (matched_minor between 0 and amount_minor),
  constraint what_is_matched_says_by_what check ((matched_minor > 0) = (matched_by is not null)),
  constraint what_is_not_matched_says_why check ((matched_minor < amount_minor) = (reason is not null))
);
create index bank_entries_unmatched on settlement.bank_entries (no) where matched_minor < amount_minor;
grant select, insert on settlement.bank_entries to pointsettia_app;
grant update (matched_minor, matched_by, reason) on settlement.bank_entries to pointsettia_app;

alter table settlement.payments add column bank_entry_id uuid references settlement.bank_entries;
create index payments_by_bank_entry on settlement.payments (bank_entry_id) where bank_entry_id is not null;

create index instructions_to_be_paid on settlement.instructions (due_date) where status in ('DUE', 'PARTIALLY_PAID', 'OVERDUE', 'DEFAULTED');
create index payments_by_bank_reference on settlement.payments (bank_reference);
