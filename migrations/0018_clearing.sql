-- Closed cycles: their lines, statements and instructions, payments and adjustments.

alter table ledger.cycles
  add column closed_at timestamptz,
  add column advised_at timestamptz,
  add column reconciled_at timestamptz,
  add column settled_at timestamptz,
  add column batch_hash text;
alter table ledger.cycles add constraint cycles_do_not_overlap exclude using gist (tstzrange(starts_at, cutoff) with &&);
alter table ledger.cycles add constraint a_closed_cycle_says_when check ((status = 'OPEN') = (closed_at is null));

create function ledger.refuse_to_reopen() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE'
    or old.status > new.status
    or old.status <> 'OPEN' and (old.no, old.id, old.starts_at, old.cutoff, old.closed_at) is distinct from (new.no, new.id, new.starts_at, new.cutoff, new.closed_at)
    or old.batch_hash is not null and old.batch_hash is distinct from new.batch_hash
  then
    raise exception 'a closed cycle is not reopened or changed: % of cycle % is refused', tg_op, old.no
      using errcode = 'restrict_violation', constraint = 'a_closed_cycle_is_never_reopened';
  end if;
  return new;
end
$$;
create trigger a_closed_cycle_is_never_reopened before update or delete on ledger.cycles for each row execute function ledger.refuse_to_reopen();

-- Whether what occurred at an instant, and was recorded while one cycle was open, counts in another: it counts in the cycle in which it was
-- recorded, or, where that was closed as of an earlier instant, in the first that ends after it.
create function ledger.counts_in(p_recorded_in integer, p_occurred_at timestamptz, p_no integer, p_starts_at timestamptz, p_cutoff timestamptz, p_open boolean)
returns boolean language sql immutable parallel safe as
$$ select (p_recorded_in = p_no or (p_recorded_in < p_no and p_occurred_at >= p_starts_at)) and (p_open or p_occurred_at < p_cutoff) and p_recorded_in <= p_no $$;

-- The last version of an account before anything that counts in a cycle. Cycle numbers and instants of recording grow along versions.
create function ledger.version_before_cycle(p_account bigint, p_cycle integer) returns bigint language plpgsql stable set search_path = ledger, pg_temp as $$
declare
  v_starts_at timestamptz := (select c.starts_at from cycles c where c.no = p_cycle);
  v_low bigint := 0;
  v_high bigint;
  v_middle bigint;
begin
  select a.version into v_high from accounts a where a.id = p_account;
  while v_low < v_high loop
    v_middle := (v_low + v_high + 1) / 2;
    if (
      select p.cycle < p_cycle and p.recorded_at < v_starts_at
      from entries e join postings p on p.id = e.posting_id where e.account_id = p_account and e.version = v_middle
    ) then
      v_low := v_middle;
    else
      v_high := v_middle - 1;
    end if;
  end loop;
  return v_low;
end
$$;

-- The last version of an account that was recorded while a cycle, or one before it, was open.
create function ledger.version_at_close(p_account bigint, p_cycle integer) returns bigint language plpgsql stable set search_path = ledger, pg_temp as $$
declare
  v_low bigint := 0;
  v_high bigint;
  v_middle bigint;
begin
  select a.version into v_high from accounts a where a.id = p_account;
  while v_low < v_high loop
    v_middle := (v_low + v_high + 1) / 2;
    if (
      select p.cycle <= p_cycle from entries e join postings p on p.id = e.posting_id where e.account_id = p_account and e.version = v_middle
    ) then
      v_low := v_middle;
    else
      v_high := v_middle - 1;
    end if;
  end loop;
  return v_low;
end
$$;

-- What an account had after everything that counts in the cycles before one: available, and pending as it was recorded.
create function ledger.balances_before_cycle(p_account bigint, p_cycle integer) returns table (available bigint, pending bigint)
language plpgsql stable set search_path = ledger, pg_temp as $$
declare
  v_starts_at timestamptz := (select c.starts_at from cycles c where c.no = p_cycle);
  v_from bigint := version_before_cycle(p_account, p_cycle);
begin
  return query
  select (coalesce(sum(part.available), 0))::bigint, (coalesce(sum(part.pending), 0))::bigint
  from (
    select e.available_after as available, e.pending_after as pending from entries e where e.account_id = p_account and e.version = v_from
    union all
    select e.available, e.pending
    from entries e join postings p on p.id = e.posting_id
    where e.account_id = p_account and e.version > v_from and e.version <= version_at_close(p_account, p_cycle - 1) and p.occurred_at < v_starts_at
  ) part;
end
$$;

create or replace function ledger.balance_before_open_cycle(p_account bigint) returns bigint language sql stable set search_path = ledger, pg_temp as
$$ select b.available + b.pending from balances_before_cycle(p_account, (select no from cycles where status = 'OPEN')) b $$;

drop function ledger.version_before_open_cycle;

-- Ends the open cycle at an instant and opens the next, which is planned to end at another. Waits for the postings under way; those that come
-- meanwhile wait for it. Answers nothing when the cycle that was open is another one.
create function ledger.close_open_cycle(p_no integer, p_cutoff timestamptz, p_next_id uuid, p_next_cutoff timestamptz)
returns table (closed_no integer, cutoff timestamptz, closed_at timestamptz) language plpgsql security definer set search_path = ledger, platform, pg_temp as $$
declare
  v_now timestamptz;
  v_cutoff timestamptz;
begin
  perform pg_advisory_xact_lock(hashtext('ledger.cycle'));
  v_now := date_trunc('milliseconds', platform.now());
  v_cutoff := coalesce(p_cutoff, v_now);
  update cycles c set status = 'CLOSING', cutoff = v_cutoff, closed_at = v_now where c.no = p_no and c.status = 'OPEN';
  if not found then
    return;
  end if;
  insert into cycles (no, id, starts_at, cutoff) values (p_no + 1, p_next_id, v_cutoff, greatest(p_next_cutoff, v_cutoff + interval '1 millisecond'));
  return query select p_no, v_cutoff, v_now;
end
$$;

revoke all on function ledger.refuse_to_reopen, ledger.counts_in, ledger.version_before_cycle, ledger.version_at_close, ledger.balances_before_cycle, ledger.close_open_cycle from public;
grant execute on function ledger.counts_in, ledger.version_before_cycle, ledger.version_at_close, ledger.balances_before_cycle, ledger.close_open_cycle to pointsettia_app;

-- A cycle that was closed as of an earlier instant leaves sales to the next.
create index sales_by_occurrence on exchange.sales (occurred_at);

create schema settlement;
grant usage on schema settlement to pointsettia_app;

create function settlement.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'what a closed cycle says is not changed: % on % is refused', tg_op, tg_table_name
    using errcode = 'restrict_violation', constraint = 'frozen_lines_are_append_only';
end
$$;

-- One figure of a closed cycle; its shares say what each party has of it.
create table settlement.lines (
  id uuid primary key,
  cycle_no integer not null references ledger.cycles (no),
  position integer not null,
  type text not null,
  key text not null,
  description text not null,
  -- how it was divided, for whoever recomputes it
  workings jsonb not null default '[]',
  constraint a_line_is_drawn_once_a_cycle unique (cycle_no, type, key)
);
create trigger frozen_lines_are_append_only before update or delete or truncate on settlement.lines for each statement execute function settlement.refuse_change();

create table settlement.shares (
  id uuid primary key,
  line_id uuid not null references settlement.lines,
  -- a partner's code, OPERATOR or POOL
  party text not null,
  partner_id uuid references partners.partners,
  -- its place in the partner's statement
  no integer,
  micros bigint not null,
  minor bigint not null,
  constraint a_party_has_one_share_of_a_line unique (line_id, party),
  constraint a_partners_share_has_its_place check ((partner_id is null) = (no is null))
);
create index shares_by_partner on settlement.shares (partner_id, line_id);
create trigger frozen_shares_are_append_only before update or delete or truncate on settlement.shares for each statement execute function settlement.refuse_change();

create function settlement.check_shares_sum_to_zero() returns trigger language plpgsql as $$
begin
  if exists (
    select from settlement.shares s where s.line_id in (select line_id from new_shares) group by s.line_id having sum(s.minor) <> 0
  ) then
    raise exception 'the shares of a line do not sum to zero' using errcode = 'check_violation', constraint = 'shares_of_a_line_sum_to_zero';
  end if;
  return null;
end
$$;
create trigger shares_of_a_line_sum_to_zero after insert on settlement.shares referencing new table as new_shares
  for each statement execute function settlement.check_shares_sum_to_zero();

create table settlement.statements (
  id uuid primary key,
  cycle_no integer not null references ledger.cycles (no),
  partner_id uuid not null references partners.partners,
  status text not null default 'DRAFT' constraint a_statement_status_is_known check (status in ('DRAFT', 'ISSUED', 'ACCEPTED', 'DISPUTED', 'FINAL')),
  net_minor bigint not null,
  -- points outstanding by currency number, before and after the cycle
  opening_points jsonb not null,
  closing_points jsonb not null,
  hash text not null,
  -- what was agreed for it: null without payment terms
  net_days integer,
  dispute_window_days integer,
  issued_on date,
  due_date date,
  disputable_until date,
  accepted_at timestamptz,
  constraint a_partner_has_one_statement_a_cycle unique (cycle_no, partner_id),
  constraint an_issued_statement_says_when check ((status = 'DRAFT') = (issued_on is null))
);
create index statements_by_partner on settlement.statements (partner_id, cycle_no);

create function settlement.check_statement() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and (old.id, old.cycle_no, old.partner_id, old.net_minor, old.opening_points, old.closing_points, old.hash)
    is distinct from (new.id, new.cycle_no, new.partner_id, new.net_minor, new.opening_points, new.closing_points, new.hash)
  then
    raise exception 'the figures of a statement are not changed' using errcode = 'restrict_violation', constraint = 'a_statement_is_frozen';
  end if;
  if tg_op = 'INSERT' and new.net_minor <> coalesce((
    select sum(s.minor) from settlement.shares s join settlement.lines l on l.id = s.line_id where l.cycle_no = new.cycle_no and s.partner_id = new.partner_id
  ), 0) then
    raise exception 'a statement is not the sum of its lines' using errcode = 'check_violation', constraint = 'a_statement_is_the_sum_of_its_lines';
  end if;
  return new;
end
$$;
create trigger a_statement_is_the_sum_of_its_lines before insert or update on settlement.statements for each row execute function settlement.check_statement();

-- One payment that is to be made: between operator and partner for a statement, or between two partners that settle with each other.
create table settlement.instructions (
  id uuid primary key,
  cycle_no integer not null references ledger.cycles (no),
  statement_id uuid references settlement.statements constraint a_statement_has_one_instruction unique,
  -- null is the operator
  payer uuid references partners.partners,
  payee uuid references partners.partners,
  amount_minor bigint not null,
  -- what is left for the next cycle instead
  carried_minor bigint not null default 0,
  carried_reason text,
  paid_minor bigint not null default 0,
  late_interest_bps integer not null default 0,
  status text not null constraint an_instruction_status_is_known
    check (status in ('DUE', 'PARTIALLY_PAID', 'PAID', 'OVERDUE', 'DEFAULTED', 'CARRIED')),
  due_date date,
  constraint an_instruction_has_two_parties check (payer is distinct from payee),
  constraint an_instruction_moves_money check (amount_minor >= 0 and carried_minor >= 0 and amount_minor + carried_minor > 0),
  constraint what_is_carried_has_a_reason check ((carried_minor > 0) = (carried_reason is not null)),
  constraint what_is_carried_whole_is_not_paid check ((status = 'CARRIED') = (amount_minor = 0)),
  constraint payments_never_exceed_the_instruction check (paid_minor between 0 and amount_minor)
);
create index instructions_by_cycle on settlement.instructions (cycle_no);

create table settlement.payments (
  id uuid primary key,
  instruction_id uuid not null references settlement.instructions,
  amount_minor bigint not null constraint a_payment_moves_money check (amount_minor > 0),
  bank_reference text not null,
  value_date date not null,
  -- charged for days after the due date, + the payer owes it
  interest_minor bigint not null default 0 constraint interest_is_never_negative check (interest_minor >= 0),
  recorded_at timestamptz not null,
  posting_id bigint not null,
  constraint a_bank_reference_pays_an_instruction_once unique (instruction_id, bank_reference)
);
create index payments_by_posting on settlement.payments (posting_id);

-- A correction in the open cycle of what a closed one said, between a partner and another, or the operator (null).
create table settlement.adjustments (
  id uuid primary key,
  partner_id uuid not null references partners.partners,
  counterparty_id uuid references partners.partners,
  -- the partner's share of the closed line that it corrects
  share_id uuid references settlement.shares,
  -- + the partner receives
  minor bigint not null constraint an_adjustment_corrects_something check (minor <> 0),
  description text not null,
  recorded_at timestamptz not null,
  posting_id bigint not null,
  constraint an_adjustment_has_two_parties check (partner_id is distinct from counterparty_id)
);
create index adjustments_by_posting on settlement.adjustments (posting_id);
create index adjustments_by_share on settlement.adjustments (share_id);
create trigger adjustments_are_append_only before update or delete or truncate on settlement.adjustments for each statement execute function settlement.refuse_change();
create trigger payments_are_append_only before update or delete or truncate on settlement.payments for each statement execute function settlement.refuse_change();

-- How far sums over the entries of an account were read before the planned cutoff of a cycle, so that closing reads only what came after.
create table settlement.progress (
  name text not null,
  account_id bigint not null,
  cycle_no integer not null,
  version bigint not null,
  -- every entry that was read had been recorded before this instant, so it occurred before it too
  recorded_before timestamptz not null,
  sums jsonb not null,
  primary key (name, account_id)
);
grant select, insert, update on settlement.progress to pointsettia_app;

grant select, insert on settlement.lines, settlement.shares, settlement.payments, settlement.adjustments to pointsettia_app;
grant select, insert, update on settlement.statements, settlement.instructions to pointsettia_app;
