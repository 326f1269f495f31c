-- A partner's own file beside what is stored here: runs, the rows of both sides, each claimed once, and the breaks that are left.

create table settlement.reconciliations (
  id uuid primary key,
  no bigint generated always as identity,
  partner_id uuid not null references partners.partners,
  -- the cycle whose days are compared; null for days of one's own choice
  cycle_no integer references ledger.cycles (no),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  kinds text[] not null,
  format text not null constraint a_file_format_is_known check (format in ('CSV', 'JSONL', 'XLSX')),
  file_name text,
  content_hash text not null,
  tolerance_points bigint not null constraint a_tolerance_is_not_negative check (tolerance_points >= 0),
  tolerance_days integer not null constraint a_window_is_not_negative check (tolerance_days >= 0),
  -- how columns were named by hand; empty when by their headers
  columns jsonb not null default '{}',
  rows_read integer not null default 0,
  bad_rows integer not null default 0,
  counts jsonb not null default '[]',
  started_by text not null,
  created_at timestamptz not null,
  ran_at timestamptz not null,
  -- a later file for the same days took its place
  superseded_by uuid references settlement.reconciliations,
  constraint a_reconciliation_covers_a_time check (starts_at < ends_at),
  constraint a_reconciliation_does_not_follow_itself check (superseded_by <> id)
);
create unique index a_file_is_reconciled_once_for_its_days on settlement.reconciliations (partner_id, content_hash, starts_at, ends_at, kinds, tolerance_points, tolerance_days, columns)
  where superseded_by is null;
create index reconciliations_by_partner on settlement.reconciliations (partner_id, no);

-- Rows of the file, and of ours; `match_no` is the first row of the file in a match. They have no foreign key: their only writer has just
-- written the run, and a hundred thousand checks took as long as all rules together.
create table settlement.their_rows (
  run_id uuid not null,
  no integer not null,
  kind text not null constraint a_row_has_a_known_kind check (kind in ('ACCRUAL', 'REVERSAL', 'REDEMPTION', 'REFUND', 'SALE')),
  key text not null,
  occurred_at timestamptz not null,
  day date not null,
  -- the member that the row names, as far as there is one
  member_id uuid,
  currency_no smallint,
  amount bigint not null,
  result text not null constraint a_row_has_a_known_result check (result in ('MATCHED', 'AMOUNT_DIFF', 'DATE_DIFF', 'DUPLICATE', 'MISSING_HERE')),
  rule text,
  match_no integer,
  is_group boolean not null default false,
  constraint a_row_of_a_file_is_read_once primary key (run_id, no),
  constraint a_row_is_matched_or_stands_alone check ((match_no is null) = (rule is null))
);
create unique index a_match_claims_one_row_of_theirs on settlement.their_rows (run_id, match_no) where not is_group;

create table settlement.our_rows (
  run_id uuid not null,
  no integer not null,
  -- an accrual, redemption or sale, or the posting of a reversal or refund
  source text not null,
  kind text not null,
  key text not null,
  occurred_at timestamptz not null,
  day date not null,
  member_id uuid not null,
  currency_no smallint,
  amount bigint not null,
  result text not null constraint a_row_of_ours_has_a_known_result check (result in ('MATCHED', 'AMOUNT_DIFF', 'DATE_DIFF', 'MISSING_THERE')),
  rule text,
  match_no integer,
  is_group boolean not null default false,
  constraint a_row_of_ours_is_listed_once primary key (run_id, no),
  constraint a_row_of_ours_is_matched_or_stands_alone check ((match_no is null) = (rule is null))
);
create unique index a_match_claims_one_row_of_ours on settlement.our_rows (run_id, match_no) where not is_group;
-- Whatever runs at the same time: nothing of ours answers to two rows.
create unique index our_row_is_claimed_by_one_match on settlement.our_rows (source) where match_no is not null;

-- A key as people may have copied it: without case, separators and leading zeros.
create function settlement.plain_key(p_key text) returns text language sql immutable parallel safe as
$$ select coalesce(nullif(ltrim(lower(regexp_replace(p_key, '[^A-Za-z0-9]', '', 'g')), '0'), ''), p_key) $$;

-- Where suggestions are looked for.
create index their_rows_left_by_amount on settlement.their_rows (run_id, kind, amount, day) where result = 'MISSING_HERE';
create index their_rows_left_by_key on settlement.their_rows (run_id, kind, settlement.plain_key(key)) where result = 'MISSING_HERE';
create index their_rows_left_by_member on settlement.their_rows (run_id, kind, member_id, day) where result = 'MISSING_HERE';
create index our_rows_left_by_amount on settlement.our_rows (run_id, kind, amount, day) where result = 'MISSING_THERE';
create index our_rows_left_by_key on settlement.our_rows (run_id, kind, settlement.plain_key(key)) where result = 'MISSING_THERE';
create index our_rows_left_by_member on settlement.our_rows (run_id, kind, member_id, day) where result = 'MISSING_THERE';

create table settlement.bad_rows (
  run_id uuid not null references settlement.reconciliations,
  no integer not null,
  reason text not null,
  constraint a_bad_row_is_listed_once primary key (run_id, no)
);

-- What does not agree, from when it was seen first until somebody else than the proposer has approved what is done about it.
create table settlement.breaks (
  id uuid primary key default gen_random_uuid(),
  no bigint generated always as identity,
  partner_id uuid not null references partners.partners,
  run_id uuid not null references settlement.reconciliations,
  result text not null constraint a_break_has_a_known_result check (result in ('AMOUNT_DIFF', 'DATE_DIFF', 'DUPLICATE', 'MISSING_HERE', 'MISSING_THERE')),
  kind text not null,
  key text not null,
  -- of ours, or of theirs where there is none of ours; several breaks may be about one key and day
  day date not null,
  ordinal integer not null,
  member_id uuid,
  their_no integer,
  their_day date,
  their_amount bigint,
  our_no integer,
  our_day date,
  our_amount bigint,
  opened_at timestamptz not null,
  owner text,
  state text not null default 'OPEN' constraint a_break_state_is_known check (state in ('OPEN', 'PROPOSED', 'RESOLVED', 'SUPERSEDED')),
  resolution text constraint a_resolution_is_known check (resolution in ('ADJUST', 'ACCEPT_OURS', 'ACCEPT_THEIRS', 'NO_ACTION')),
  -- + the partner receives
  adjustment_minor bigint constraint an_adjustment_moves_money check (adjustment_minor <> 0),
  note text,
  proposed_by text,
  proposed_at timestamptz,
  decided_by text,
  decided_at timestamptz,
  adjustment_id uuid references settlement.adjustments constraint an_adjustment_resolves_one_break unique,
  constraint a_break_has_a_side check (their_amount is not null or our_amount is not null),
  constraint a_proposal_says_what_and_by_whom
    check ((state in ('PROPOSED', 'RESOLVED')) = (resolution is not null and note is not null and proposed_by is not null and proposed_at is not null)),
  constraint an_adjusting_proposal_says_how_much check ((resolution is not distinct from 'ADJUST') = (adjustment_minor is not null)),
  constraint a_resolved_break_says_who_decided check ((state = 'RESOLVED') = (decided_by is not null and decided_at is not null)),
  constraint four_eyes_resolve_a_break check (decided_by <> proposed_by),
  constraint a_resolved_adjustment_is_posted check ((state = 'RESOLVED' and resolution = 'ADJUST') = (adjustment_id is not null))
);
create unique index a_break_is_open_once on settlement.breaks (partner_id, result, kind, key, day, ordinal) where state in ('OPEN', 'PROPOSED');
create index breaks_by_partner on settlement.breaks (partner_id, no);
create index breaks_by_run on settlement.breaks (run_id, no);
create index breaks_by_state on settlement.breaks (state, no);

create function settlement.keep_decided_break() returns trigger language plpgsql as $$
begin
  if old.state in ('RESOLVED', 'SUPERSEDED') and (old.state, old.resolution, old.adjustment_minor, old.decided_by, old.adjustment_id)
    is distinct from (new.state, new.resolution, new.adjustment_minor, new.decided_by, new.adjustment_id)
  then
    raise exception 'what was decided about a break is not changed' using errcode = 'restrict_violation', constraint = 'a_decided_break_is_final';
  end if;
  return new;
end
$$;
create trigger a_decided_break_is_final before update on settlement.breaks for each row execute function settlement.keep_decided_break();

grant select, insert, update on settlement.reconciliations, settlement.breaks to pointsettia_app;
grant select, insert, update, delete on settlement.their_rows, settlement.our_rows, settlement.bad_rows to pointsettia_app;

-- Rows that no rule has claimed yet stand in tables of the transaction.
do $$
begin
  execute format('grant temporary on database %I to pointsettia_app', current_database());
exception
  when insufficient_privilege then null; -- everybody may make them unless an owner took that away
end
$$;
