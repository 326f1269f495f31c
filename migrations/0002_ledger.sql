-- The book: accounts, postings, entries and lots. Only the functions of this schema write here.

create schema ledger;
grant usage on schema ledger to pointsettia_app;

create type ledger.account_kind as enum ('WALLET', 'ISSUANCE', 'REDEEMED', 'EXCHANGED', 'EXPIRED', 'PARTNER', 'POOL', 'OPERATOR');

create type ledger.posting_code as enum (
  'accrual.pending', 'accrual.confirmed', 'accrual.pending_confirmed', 'accrual.cancelled', 'accrual.pending_reversed', 'accrual.reversed',
  'redemption.held', 'redemption.captured', 'redemption.voided', 'redemption.hold_expired', 'redemption.refunded',
  'redemption.funded', 'redemption.funding_returned',
  'exchange.completed', 'transfer.completed', 'lot.expired'
);

create type ledger.lot_origin as enum ('ACCRUAL', 'EXCHANGE', 'TRANSFER', 'REFUND');

create type ledger.cycle_status as enum ('OPEN', 'CLOSING', 'CLOSED', 'ADVISED', 'RECONCILED', 'SETTLED');

create table ledger.cycles (
  no integer primary key,
  id uuid not null unique,
  status ledger.cycle_status not null default 'OPEN',
  starts_at timestamptz not null,
  cutoff timestamptz not null,
  constraint a_cycle_ends_after_it_starts check (cutoff > starts_at)
);
create unique index only_one_cycle_is_open on ledger.cycles ((true)) where status = 'OPEN';

-- An account of one unit: 0 is money in micros, any other number a point currency.
create table ledger.accounts (
  id bigint generated always as identity primary key,
  kind ledger.account_kind not null,
  owner uuid,
  unit smallint not null,
  topic smallint,
  available bigint not null default 0,
  held bigint not null default 0,
  pending bigint not null default 0,
  version bigint not null default 0,
  changed_at timestamptz not null default '-infinity',
  constraint an_account_is_opened_once unique nulls not distinct (kind, owner, unit, topic),
  constraint wallet_never_negative check (kind <> 'WALLET' or available >= 0),
  constraint held_points_never_negative check (held >= 0),
  constraint pending_points_never_negative check (kind <> 'WALLET' or pending >= 0)
) with (fillfactor = 70);
comment on column ledger.accounts.topic is 'The point currency that a money account is about: the pool has one account for each.';

-- What every posting writes has no foreign keys: its only writer takes the ids from rows that it has locked or just written, none of
-- which can be deleted; `npm run verify` looks for orphans. A third of the time of a posting went into them, and every posting
-- would share a lock on the one open cycle.
create table ledger.postings (
  id bigint primary key,
  code ledger.posting_code not null,
  cycle integer not null,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  reference uuid not null,
  partner uuid,
  xid bigint not null default pg_current_xact_id()::text::bigint
);
create sequence ledger.posting_ids owned by ledger.postings.id;
create index postings_by_reference on ledger.postings (reference);
create index postings_by_transaction on ledger.postings using brin (xid) with (autosummarize = on);

-- One account's change by one posting, with the account's balances afterwards. A null counts as 0.
create table ledger.entries (
  account_id bigint not null,
  version bigint not null,
  posting_id bigint not null,
  available bigint not null,
  available_after bigint not null,
  held bigint,
  held_after bigint,
  pending bigint,
  pending_after bigint,
  unit smallint not null,
  constraint versions_of_an_account_do_not_repeat primary key (account_id, version),
  constraint an_entry_changes_something check (available <> 0 or coalesce(held, 0) <> 0 or coalesce(pending, 0) <> 0)
);
create index entries_by_posting on ledger.entries (posting_id);

create table ledger.lots (
  id uuid primary key,
  account_id bigint not null,
  issuer uuid not null,
  origin ledger.lot_origin not null,
  posting_id bigint not null,
  earned_at timestamptz not null,
  expires_at timestamptz,
  initial bigint not null constraint a_lot_starts_with_points check (initial > 0),
  available bigint not null,
  held bigint not null default 0,
  redemption_micros bigint not null,
  funded_micros bigint not null,
  constraint lot_remaining_between_zero_and_initial check (available >= 0 and held >= 0 and available + held <= initial)
) with (fillfactor = 80);
create index lots_in_order_of_consumption on ledger.lots (account_id, expires_at nulls last, earned_at, id) where available > 0;
create index lots_by_expiry on ledger.lots (expires_at) where available > 0 and expires_at is not null;

create table ledger.lot_uses (
  posting_id bigint not null,
  lot_id uuid not null references ledger.lots,
  available bigint not null,
  held bigint not null,
  constraint a_posting_uses_a_lot_once primary key (lot_id, posting_id)
);

-- Nothing written is ever changed, whoever asks.
create function ledger.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is append-only: % on % is refused', tg_op, tg_table_name
    using errcode = 'restrict_violation', constraint = 'ledger_is_append_only';
end
$$;

create trigger ledger_is_append_only before update or delete or truncate on ledger.postings for each statement execute function ledger.refuse_change();
create trigger ledger_is_append_only before update or delete or truncate on ledger.entries for each statement execute function ledger.refuse_change();
create trigger ledger_is_append_only before update or delete or truncate on ledger.lot_uses for each statement execute function ledger.refuse_change();
create trigger lots_are_never_deleted before delete or truncate on ledger.lots for each statement execute function ledger.refuse_change();
create trigger accounts_are_never_deleted before delete or truncate on ledger.accounts for each statement execute function ledger.refuse_change();

create function ledger.check_entries_sum_to_zero() returns trigger language plpgsql as $$
begin
  if exists (
    select from new_entries
    group by posting_id, unit
    having sum(available + coalesce(held, 0)) <> 0 or sum(coalesce(pending, 0)) <> 0
  ) then
    raise exception 'the entries of a posting do not sum to zero in each unit'
      using errcode = 'check_violation', constraint = 'entries_sum_to_zero';
  end if;
  return null;
end
$$;
create trigger entries_sum_to_zero after insert on ledger.entries referencing new table as new_entries
  for each statement execute function ledger.check_entries_sum_to_zero();

-- Every transaction that writes takes this lock before any account's, and closing a cycle takes it exclusively:
-- a posting falls in exactly one cycle, and closing never waits in a circle.
create function ledger.enter_cycle() returns void language sql as
$$ select pg_advisory_xact_lock_shared(hashtext('ledger.cycle')) $$;

-- The functions below must not plan for the size that a table had when they were first called: sequential scans are off,
-- accounts are looked up one by one, and what a batch brings is never joined with a table.

-- Finds or opens accounts and answers their ids in the order asked; `opened_here` says that they vanish if this transaction does.
create function ledger.open_accounts(p_kind ledger.account_kind[], p_owner uuid[], p_unit smallint[], p_topic smallint[])
returns table (n bigint, account_id bigint, opened_here boolean)
language plpgsql security definer set search_path = ledger, pg_temp set enable_seqscan = off as $$
declare
  v_ids bigint[];
begin
  perform enter_cycle();
  loop
    -- Owned and unowned apart: `is not distinct from` uses no index.
    select array_agg(
      case
        when w.owner is not null then
          (select a.id from accounts a where a.kind = w.kind and a.owner = w.owner and a.unit = w.unit and a.topic is not distinct from w.topic)
        else
          (select a.id from accounts a where a.kind = w.kind and a.owner is null and a.unit = w.unit and a.topic is not distinct from w.topic)
      end order by w.n
    ) into v_ids
    from unnest(p_kind, p_owner, p_unit, p_topic) with ordinality as w (kind, owner, unit, topic, n);
    exit when array_position(v_ids, null) is null;
    insert into accounts (kind, owner, unit, topic)
    select distinct w.kind, w.owner, w.unit, w.topic
    from unnest(p_kind, p_owner, p_unit, p_topic, v_ids) as w (kind, owner, unit, topic, id)
    where w.id is null
    order by 1, 2, 3, 4
    on conflict do nothing;
  end loop;
  return query
  select w.n, w.id, (select a.xmin = pg_current_xact_id()::xid from accounts a where a.id = w.id)
  from unnest(v_ids) with ordinality as w (id, n);
end
$$;

-- Opens wallets where there are none, then locks them in one order until the transaction ends.
create function ledger.lock_wallets(p_owner uuid[], p_unit smallint[])
returns table (account_id bigint, owner uuid, unit smallint, available bigint, held bigint, pending bigint, version bigint)
language plpgsql security definer set search_path = ledger, pg_temp set enable_seqscan = off as $$
declare
  v_ids bigint[];
begin
  select array_agg(o.account_id) into v_ids
  from open_accounts(
    array_fill('WALLET'::account_kind, array[cardinality(p_owner)]), p_owner, p_unit, array_fill(null::smallint, array[cardinality(p_owner)])
  ) as o;
  return query
  select a.id, a.owner, a.unit, a.available, a.held, a.pending, a.version
  from accounts a
  where a.id = any(v_ids)
  order by a.kind <> 'WALLET', a.id
  for update of a;
end
$$;

-- Locks accounts until the transaction ends, in the order in which `post` does: for a transaction that will post more than once.
create function ledger.lock_accounts(p_accounts bigint[]) returns void
language plpgsql security definer set search_path = ledger, pg_temp set enable_seqscan = off as $$
begin
  perform enter_cycle();
  perform from accounts a where a.id = any(p_accounts) order by a.kind <> 'WALLET', a.id for update of a;
end
$$;

-- The one write path. Takes an array of postings (numbered from 1 by their place), posts them in that order, and answers for each:
-- its id, or why it was refused. A refused posting changes nothing and stops no other.
-- Accounts come in the order in which they are locked: wallets first, then the shared ones, each by id. Entries and opened lots name
-- them by their place. Entries come in the order of their postings, at most one a posting and account.
-- A floor is what available + pending of the account may not fall below through this entry; its name is the refusal.
create function ledger.post(
  p_code ledger.posting_code[], p_occurred_at timestamptz[], p_reference uuid[], p_partner uuid[],
  p_accounts bigint[],
  e_posting integer[], e_place integer[], e_available bigint[], e_held bigint[], e_pending bigint[], e_floor bigint[], e_floor_name text[],
  l_posting integer[], l_id uuid[], l_place integer[], l_issuer uuid[], l_origin ledger.lot_origin[], l_earned_at timestamptz[],
  l_expires_at timestamptz[], l_points bigint[], l_redemption_micros bigint[], l_funded_micros bigint[],
  u_posting integer[], u_lot uuid[], u_available bigint[], u_held bigint[]
) returns table (n integer, posting_id bigint, refusal text, recorded_at timestamptz)
language plpgsql security definer set search_path = ledger, platform, pg_temp set enable_seqscan = off as $$
declare
  v_count integer := cardinality(p_code);
  v_cycle integer;
  v_recorded_at timestamptz;
  v_latest timestamptz;
  v_ids bigint[];
  v_refusal text[];
  -- the locked accounts, place by place, as they were
  a_id bigint[];
  a_unit smallint[];
  a_wallet boolean[];
  a_available bigint[];
  a_held bigint[];
  a_pending bigint[];
  a_version bigint[];
  -- and as they become while postings are judged one by one
  b_available bigint[];
  b_held bigint[];
  b_pending bigint[];
  u_account bigint[];
  v_account bigint;
  v_change record;
  v_at integer;
  v_first integer;
  v_i integer := 1;
  v_reason text;
begin
  if v_count = 0 then
    return;
  end if;

  perform enter_cycle();
  select no into strict v_cycle from cycles where status = 'OPEN';

  with locked as (
    select a.id, a.unit, a.kind = 'WALLET' as wallet, a.available, a.held, a.pending, a.version, a.changed_at
    from accounts a
    where a.id = any(p_accounts)
    order by a.kind <> 'WALLET', a.id
    for update of a
  )
  select array_agg(l.id), array_agg(l.unit), array_agg(l.wallet), array_agg(l.available), array_agg(l.held), array_agg(l.pending),
    array_agg(l.version), max(l.changed_at)
  into a_id, a_unit, a_wallet, a_available, a_held, a_pending, a_version, v_latest
  from locked l;
  if coalesce(a_id, '{}') <> p_accounts then
    raise exception 'accounts must exist and come in the order in which they are locked';
  end if;

  -- Read after the last lock, so that along the versions of an account time never runs backwards.
  -- In milliseconds, as the API says it: a balance asked for at the instant of a posting has it.
  v_recorded_at := greatest(date_trunc('milliseconds', platform.now()), v_latest);
  v_refusal := array_fill(null::text, array[v_count]);

  -- What only adds to balances that are in order, and is bound by no floor, always fits.
  if exists (
    select from unnest(e_place, e_available, e_held, e_pending, e_floor) as e (place, available, held, pending, floor)
    where e.floor is not null or e.held < 0 or (a_wallet[e.place] and (e.available < 0 or e.pending < 0))
  ) and exists (
    select from (
      select a_wallet[e.place] as wallet, e.floor,
        a_available[e.place] + sum(e.available) over w as available,
        a_held[e.place] + sum(e.held) over w as held,
        a_pending[e.place] + sum(e.pending) over w as pending
      from unnest(e_posting, e_place, e_available, e_held, e_pending, e_floor) as e (n, place, available, held, pending, floor)
      window w as (partition by e.place order by e.n)
    ) r
    where (r.wallet and (r.available < 0 or r.pending < 0)) or r.held < 0 or r.available + r.pending < r.floor
  ) then
    -- Something does not fit if everything is posted: judge one by one, each after those that were accepted.
    b_available := a_available;
    b_held := a_held;
    b_pending := a_pending;
    for v_n in 1 .. v_count loop
      v_first := v_i;
      v_reason := null;
      while e_posting[v_i] = v_n loop
        v_at := e_place[v_i];
        b_available[v_at] := b_available[v_at] + e_available[v_i];
        b_held[v_at] := b_held[v_at] + e_held[v_i];
        b_pending[v_at] := b_pending[v_at] + e_pending[v_i];
        if v_reason is null and b_available[v_at] + b_pending[v_at] < e_floor[v_i] then
          v_reason := e_floor_name[v_i];
        end if;
        v_i := v_i + 1;
      end loop;
      for k in v_first .. v_i - 1 loop
        exit when v_reason is not null;
        v_at := e_place[k];
        v_reason := case
          when a_wallet[v_at] and b_available[v_at] < 0 then 'wallet_never_negative'
          when a_wallet[v_at] and b_pending[v_at] < 0 then 'pending_points_never_negative'
          when b_held[v_at] < 0 then 'held_points_never_negative'
        end;
      end loop;
      if v_reason is not null then
        v_refusal[v_n] := v_reason;
        for k in v_first .. v_i - 1 loop
          v_at := e_place[k];
          b_available[v_at] := b_available[v_at] - e_available[k];
          b_held[v_at] := b_held[v_at] - e_held[k];
          b_pending[v_at] := b_pending[v_at] - e_pending[k];
        end loop;
      end if;
    end loop;
  end if;

  select array_agg(case when v_refusal[g] is null then nextval('ledger.posting_ids') end order by g)
  into v_ids from generate_series(1, v_count) as g;

  insert into postings (id, code, cycle, occurred_at, recorded_at, reference, partner)
  select v_ids[p.n], p.code, v_cycle, p.occurred_at, v_recorded_at, p.reference, p.partner
  from unnest(p_code, p_occurred_at, p_reference, p_partner) with ordinality as p (code, occurred_at, reference, partner, n)
  where v_ids[p.n] is not null;

  insert into entries (account_id, version, posting_id, available, available_after, held, held_after, pending, pending_after, unit)
  select a_id[e.place], a_version[e.place] + row_number() over w, v_ids[e.n],
    e.available, a_available[e.place] + sum(e.available) over w,
    nullif(e.held, 0), nullif(a_held[e.place] + sum(e.held) over w, 0),
    nullif(e.pending, 0), nullif(a_pending[e.place] + sum(e.pending) over w, 0),
    a_unit[e.place]
  from unnest(e_posting, e_place, e_available, e_held, e_pending) as e (n, place, available, held, pending)
  where v_ids[e.n] is not null
  window w as (partition by e.place order by e.n);

  for v_change in
    select e.place, sum(e.available) as available, sum(e.held) as held, sum(e.pending) as pending, count(*) as entries
    from unnest(e_posting, e_place, e_available, e_held, e_pending) as e (n, place, available, held, pending)
    where v_ids[e.n] is not null
    group by e.place
  loop
    update accounts a
    set available = a.available + v_change.available, held = a.held + v_change.held, pending = a.pending + v_change.pending,
      version = a.version + v_change.entries, changed_at = v_recorded_at
    where a.id = a_id[v_change.place];
  end loop;

  insert into lots (id, account_id, issuer, origin, posting_id, earned_at, expires_at, initial, available, redemption_micros, funded_micros)
  select l.id, a_id[l.place], l.issuer, l.origin, v_ids[l.n], l.earned_at, l.expires_at, l.points, l.points, l.redemption_micros, l.funded_micros
  from unnest(l_posting, l_id, l_place, l_issuer, l_origin, l_earned_at, l_expires_at, l_points, l_redemption_micros, l_funded_micros)
    as l (n, id, place, issuer, origin, earned_at, expires_at, points, redemption_micros, funded_micros)
  where v_ids[l.n] is not null;

  insert into lot_uses (posting_id, lot_id, available, held)
  select v_ids[u.n], u.lot, u.available, u.held
  from unnest(u_posting, u_lot, u_available, u_held) as u (n, lot, available, held)
  where v_ids[u.n] is not null;

  -- One by one in the order of the postings: the constraint of the table sees a lot after each of them.
  u_account := array_fill(null::bigint, array[cardinality(u_lot)]);
  for k in 1 .. cardinality(u_lot) loop
    continue when v_ids[u_posting[k]] is null;
    update lots l set available = l.available + u_available[k], held = l.held + u_held[k]
    where l.id = u_lot[k]
    returning l.account_id into v_account;
    u_account[k] := v_account;
  end loop;

  -- What a wallet gains or loses, its lots gain or lose: posting by posting.
  if exists (
    select from (
      select e.n, a_id[e.place], e.available, e.held
      from unnest(e_posting, e_place, e_available, e_held) as e (n, place, available, held)
      where v_ids[e.n] is not null and a_wallet[e.place]
      union all
      select l.n, a_id[l.place], -l.points, 0 from unnest(l_posting, l_place, l_points) as l (n, place, points) where v_ids[l.n] is not null
      union all
      select u.n, u.account, -u.available, -u.held
      from unnest(u_posting, u_account, u_available, u_held) as u (n, account, available, held)
      where v_ids[u.n] is not null
    ) change (n, account, available, held)
    group by change.n, change.account
    having sum(change.available) <> 0 or sum(change.held) <> 0
  ) then
    raise exception 'the change of a wallet is not the change of its lots'
      using errcode = 'check_violation', constraint = 'wallet_change_equals_lot_changes';
  end if;

  return query select g, v_ids[g], v_refusal[g], v_recorded_at from generate_series(1, v_count) as g;
end
$$;

-- Where points live on with every activity: lots of these wallets that still run, and the one that was just opened, all expire at the
-- latest of the instant given and the ends that they have.
create function ledger.prolong_lots(p_account bigint[], p_until timestamptz[], p_opened uuid[]) returns void
language plpgsql security definer set search_path = ledger, platform, pg_temp set enable_seqscan = off as $$
declare
  v_until timestamptz;
begin
  perform enter_cycle();
  for k in 1 .. cardinality(p_account) loop
    select greatest(p_until[k], max(l.expires_at)) into v_until
    from lots l where l.account_id = p_account[k] and l.available + l.held > 0;
    update lots l set expires_at = v_until
    where l.account_id = p_account[k] and l.available + l.held > 0 and l.expires_at < v_until
      and (l.expires_at > platform.now() or l.id = p_opened[k]);
  end loop;
end
$$;

-- The balances of an account as they stood at an instant: the last entry recorded then or before.
create function ledger.balance_at(p_account bigint, p_at timestamptz)
returns table (version bigint, available bigint, held bigint, pending bigint) language plpgsql stable set search_path = ledger, pg_temp as $$
declare
  v_low bigint := 0;
  v_high bigint;
  v_middle bigint;
  v_recorded_at timestamptz;
begin
  select a.version into v_high from accounts a where a.id = p_account;
  while v_low < v_high loop
    v_middle := (v_low + v_high + 1) / 2;
    select p.recorded_at into v_recorded_at
    from entries e join postings p on p.id = e.posting_id
    where e.account_id = p_account and e.version = v_middle;
    if v_recorded_at <= p_at then
      v_low := v_middle;
    else
      v_high := v_middle - 1;
    end if;
  end loop;
  return query
  select v_low, coalesce(e.available_after, 0), coalesce(e.held_after, 0), coalesce(e.pending_after, 0)
  from (select) as one
  left join entries e on e.account_id = p_account and e.version = v_low;
end
$$;

-- Available + pending of an account at the end of the last posting before the open cycle. Cycle numbers grow along versions.
create function ledger.balance_before_open_cycle(p_account bigint) returns bigint language plpgsql stable set search_path = ledger, pg_temp as $$
declare
  v_open integer := (select no from cycles where status = 'OPEN');
  v_low bigint := 0;
  v_high bigint;
  v_middle bigint;
begin
  select a.version into v_high from accounts a where a.id = p_account;
  while v_low < v_high loop
    v_middle := (v_low + v_high + 1) / 2;
    if (select p.cycle < v_open from entries e join postings p on p.id = e.posting_id where e.account_id = p_account and e.version = v_middle) then
      v_low := v_middle;
    else
      v_high := v_middle - 1;
    end if;
  end loop;
  return coalesce((
    select e.available_after + coalesce(e.pending_after, 0) from entries e where e.account_id = p_account and e.version = v_low
  ), 0);
end
$$;

grant select on all tables in schema ledger to pointsettia_app;
grant insert, update on ledger.cycles to pointsettia_app;
revoke all on all functions in schema ledger from public;
grant execute on function ledger.lock_accounts, ledger.prolong_lots, ledger.open_accounts, ledger.lock_wallets, ledger.post, ledger.balance_at, ledger.balance_before_open_cycle to pointsettia_app;
