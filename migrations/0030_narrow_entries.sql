-- Most entries change what is available and nothing else, and a row of up to eight columns says which are null in its header, one of nine or ten
-- with eight bytes more. So what is held and pending is said together, where there is any, and the unit by the account: 68 bytes instead of 84.
create type ledger.aside as (held bigint, held_after bigint, pending bigint, pending_after bigint);

alter table ledger.entries rename to wide_entries;
create table ledger.entries (
  account_id bigint not null,
  version bigint not null,
  posting_id bigint not null,
  available bigint not null,
  available_after bigint not null,
  aside ledger.aside
);
comment on table ledger.entries is 'One account''s change by one posting, with the account''s balances afterwards.';
comment on column ledger.entries.aside is 'What the posting changes of held and pending points and what these are afterwards; null, or null in a part, counts as 0.';

insert into ledger.entries (account_id, version, posting_id, available, available_after, aside)
select account_id, version, posting_id, available, available_after,
  case when coalesce(held, held_after, pending, pending_after) is not null then row (held, held_after, pending, pending_after)::ledger.aside end
from ledger.wide_entries;
drop table ledger.wide_entries;
alter table ledger.entries
  add constraint versions_of_an_account_do_not_repeat primary key (account_id, version),
  add constraint an_entry_changes_something check (available <> 0 or coalesce((aside).held, 0) <> 0 or coalesce((aside).pending, 0) <> 0);
create index entries_by_posting on ledger.entries (ledger.shelf(posting_id));
create trigger ledger_is_append_only before update or delete or truncate on ledger.entries for each statement execute function ledger.refuse_change();
grant select on ledger.entries to pointsettia_app;
do $$
begin
  -- A table that is known to be empty is planned for as if it stayed so.
  if exists (select from ledger.entries) then
    analyze ledger.entries;
  end if;
end
$$;

-- The unit of an entry is its account's, so that of an account never changes, nor whose it is.
create trigger accounts_stay_what_they_are before update of kind, owner, unit, topic on ledger.accounts
  for each statement execute function ledger.refuse_change();

-- Each account is looked up once: a plan that is made while there are few accounts would read all of them, and most entries share theirs.
create or replace function ledger.check_entries_sum_to_zero() returns trigger
language plpgsql security definer set search_path = ledger, pg_temp set enable_seqscan = off as $$
begin
  if exists (
    select from new_entries e
    left join (
      select a.id, a.unit from accounts a where a.id = any(array(select distinct n.account_id from new_entries n))
    ) u on u.id = e.account_id
    group by e.posting_id, u.unit
    having total(e.available + coalesce((e.aside).held, 0)) <> 0 or total(coalesce((e.aside).pending, 0)) <> 0
  ) then
    raise exception 'the entries of a posting do not sum to zero in each unit'
      using errcode = 'check_violation', constraint = 'entries_sum_to_zero';
  end if;
  return null;
end
$$;
create trigger entries_sum_to_zero after insert on ledger.entries referencing new table as new_entries
  for each statement execute function ledger.check_entries_sum_to_zero();

-- As before, from the entries as they are now.
create or replace function ledger.balance_at(p_account bigint, p_at timestamptz)
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
  select v_low, coalesce(e.available_after, 0), coalesce((e.aside).held_after, 0), coalesce((e.aside).pending_after, 0)
  from (select) as one
  left join entries e on e.account_id = p_account and e.version = v_low;
end
$$;

create or replace function ledger.balances_before_cycle(p_account bigint, p_cycle integer) returns table (available bigint, pending bigint)
language plpgsql stable set search_path = ledger, pg_temp as $$
declare
  v_starts_at timestamptz := (select c.starts_at from cycles c where c.no = p_cycle);
  v_from bigint := version_before_cycle(p_account, p_cycle);
begin
  return query
  select (coalesce(sum(part.available), 0))::bigint, (coalesce(sum(part.pending), 0))::bigint
  from (
    select e.available_after as available, (e.aside).pending_after as pending from entries e where e.account_id = p_account and e.version = v_from
    union all
    select e.available, (e.aside).pending
    from entries e join postings p on p.id = e.posting_id
    where e.account_id = p_account and e.version > v_from and e.version <= version_at_close(p_account, p_cycle - 1) and p.occurred_at < v_starts_at
  ) part;
end
$$;

create or replace function exchange.wallet_changes(p_postings bigint[], p_members uuid[])
returns table (
  "memberId" uuid, "currencyNo" smallint, version bigint, available bigint, held bigint, pending bigint, points bigint, code ledger.posting_code,
  "partnerId" uuid, "occurredAt" timestamptz, "lotExpiresAt" timestamptz
)
language plpgsql stable set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  return query
  with of_postings as materialized (
    select e.account_id, e.posting_id, e.version, e.available, e.available_after, (e.aside).held_after, (e.aside).pending_after
    from ledger.entries e
    where ledger.shelf(e.posting_id) = any(array(select ledger.shelf(id) from unnest(p_postings) as id)) and e.posting_id = any(p_postings)
  ), of_wallets as materialized (
    select e.*, a.owner, a.unit
    from of_postings e
    join ledger.accounts a on a.id = e.account_id and a.kind = 'WALLET' and (p_members is null or a.owner = any(p_members))
  )
  select e.owner, e.unit, e.version, e.available_after, coalesce(e.held_after, 0), coalesce(e.pending_after, 0), e.available, p.code,
    p.partner, p.occurred_at, l.expires_at
  from of_wallets e
  join ledger.postings p on p.id = e.posting_id
  left join exchange.accruals c on c.id = p.reference and p.code in ('accrual.confirmed', 'accrual.pending_confirmed')
  left join exchange.exchanges x on x.id = p.reference and p.code in ('exchange.completed', 'exchange.redeemed') and x.to_no = e.unit
  left join ledger.lots l on l.id = coalesce(c.lot_id, x.lot_id)
  order by e.account_id, e.version;
end
$$;

-- The one write path of the ledger, as before: it takes an array of postings in their order and answers for each its id, or why it was refused.
-- Elements of arrays are taken by their place: to take many arrays apart side by side, each is first copied element by element. For each posting it
-- answers, besides, what available + pending is after one of its entries (`p_watched`, by its number among all), where one is named.
drop function ledger.post;
create function ledger.post(
  p_code ledger.posting_code[], p_occurred_at timestamptz[], p_reference uuid[], p_partner uuid[],
  p_accounts bigint[],
  e_posting integer[], e_place integer[], e_available bigint[], e_held bigint[], e_pending bigint[], e_floor bigint[], e_floor_name text[],
  l_posting integer[], l_id uuid[], l_place integer[], l_issuer uuid[], l_origin ledger.lot_origin[], l_earned_at timestamptz[],
  l_expires_at timestamptz[], l_points bigint[], l_redemption_micros bigint[], l_funded_micros bigint[], l_parent uuid[],
  u_posting integer[], u_lot uuid[], u_available bigint[], u_held bigint[],
  p_watched integer[]
) returns table (n integer, posting_id bigint, refusal text, recorded_at timestamptz, watched bigint)
language plpgsql security definer set search_path = ledger, platform, pg_temp set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_count integer := cardinality(p_code);
  v_entries integer := cardinality(e_posting);
  v_cycle integer;
  v_recorded_at timestamptz;
  v_latest timestamptz;
  v_ids bigint[];
  v_refusal text[];
  -- the locked accounts, place by place, as they were
  a_id bigint[];
  a_wallet boolean[];
  a_available bigint[];
  a_held bigint[];
  a_pending bigint[];
  a_version bigint[];
  -- the entries, one by one, with the balances after them
  r_version bigint[];
  r_available bigint[];
  r_held bigint[];
  r_pending bigint[];
  v_fits boolean;
  -- the accounts as they become while postings are judged one by one
  b_available bigint[];
  b_held bigint[];
  b_pending bigint[];
  -- what changes, account by account
  c_id bigint[];
  c_available bigint[];
  c_held bigint[];
  c_pending bigint[];
  c_entries bigint[];
  u_account bigint[];
  v_account bigint;
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
    select a.id, a.kind = 'WALLET' as wallet, a.available, a.held, a.pending, a.version, a.changed_at
    from accounts a
    where a.id = any(p_accounts)
    order by a.kind <> 'WALLET', a.id
    for update of a
  )
  select array_agg(l.id), array_agg(l.wallet), array_agg(l.available), array_agg(l.held), array_agg(l.pending),
    array_agg(l.version), max(l.changed_at)
  into a_id, a_wallet, a_available, a_held, a_pending, a_version, v_latest
  from locked l;
  if coalesce(a_id, '{}') <> p_accounts then
    raise exception 'accounts must exist and come in the order in which they are locked';
  end if;

  -- Read after the last lock, so that along the versions of an account time never runs backwards.
  -- In milliseconds, as the API says it: a balance asked for at the instant of a posting has it.
  v_recorded_at := greatest(date_trunc('milliseconds', platform.now()), v_latest);
  v_refusal := array_fill(null::text, array[v_count]);

  -- Twice at most: what is left after judging fits.
  for v_round in 1 .. 2 loop
    -- The entries of what is not refused, each after those before it.
    select array_agg(r.version), array_agg(r.available), array_agg(nullif(r.held, 0)), array_agg(nullif(r.pending, 0)),
      coalesce(bool_and(r.refused or ((not r.wallet or (r.available >= 0 and r.pending >= 0)) and r.held >= 0 and r.available + r.pending >= r.floor)), true)
    into r_version, r_available, r_held, r_pending, v_fits
    from (
      select c.refused, a_wallet[c.place] as wallet, coalesce(c.floor, -9223372036854775808) as floor,
        a_version[c.place] + count(*) filter (where not c.refused) over w as version,
        a_available[c.place] + total(c.available) filter (where not c.refused) over w as available,
        a_held[c.place] + total(c.held) filter (where not c.refused) over w as held,
        a_pending[c.place] + total(c.pending) filter (where not c.refused) over w as pending
      from (
        select i, e_place[i] as place, e_available[i] as available, e_held[i] as held, e_pending[i] as pending, e_floor[i] as floor,
          v_refusal[e_posting[i]] is not null as refused
        from generate_series(1, v_entries) as i
      ) c
      window w as (partition by c.place order by c.i)
      order by c.i
    ) r;
    exit when v_fits;

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
  end loop;

  select array_agg(case when v_refusal[g] is null then nextval('ledger.posting_ids') end order by g)
  into v_ids from generate_series(1, v_count) as g;

  insert into postings (id, code, cycle, occurred_at, recorded_at, reference, partner)
  select v_ids[g], p_code[g], v_cycle, p_occurred_at[g], v_recorded_at, p_reference[g], p_partner[g]
  from generate_series(1, v_count) as g
  where v_ids[g] is not null;

  insert into entries (account_id, version, posting_id, available, available_after, aside)
  select a_id[e_place[i]], r_version[i], v_ids[e_posting[i]], e_available[i], r_available[i],
    case
      when e_held[i] <> 0 or e_pending[i] <> 0 or coalesce(r_held[i], r_pending[i]) is not null
      then row (nullif(e_held[i], 0), r_held[i], nullif(e_pending[i], 0), r_pending[i])::aside
    end
  from generate_series(1, v_entries) as i
  where v_ids[e_posting[i]] is not null;

  select array_agg(c.id), array_agg(c.available), array_agg(c.held), array_agg(c.pending), array_agg(c.entries)
  into c_id, c_available, c_held, c_pending, c_entries
  from (
    select a_id[e_place[i]] as id, total(e_available[i]) as available, total(e_held[i]) as held, total(e_pending[i]) as pending, count(*) as entries
    from generate_series(1, v_entries) as i
    where v_ids[e_posting[i]] is not null
    group by e_place[i]
    order by id
  ) c;
  -- The bucket of an id among sorted ids is its place.
  update accounts a
  set available = a.available + c_available[width_bucket(a.id, c_id)], held = a.held + c_held[width_bucket(a.id, c_id)],
    pending = a.pending + c_pending[width_bucket(a.id, c_id)], version = a.version + c_entries[width_bucket(a.id, c_id)], changed_at = v_recorded_at
  where a.id = any(c_id);

  insert into lots (id, account_id, issuer, origin, posting_id, earned_at, expires_at, initial, available, redemption_micros, funded_micros, parent)
  select l_id[i], a_id[l_place[i]], l_issuer[i], l_origin[i], v_ids[l_posting[i]], l_earned_at[i], l_expires_at[i], l_points[i], l_points[i],
    l_redemption_micros[i], l_funded_micros[i], l_parent[i]
  from generate_series(1, cardinality(l_posting)) as i
  where v_ids[l_posting[i]] is not null;

  if cardinality(u_lot) > 0 then
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
  end if;

  -- What a wallet gains or loses, its lots gain or lose: posting by posting.
  if exists (
    select from (
      select e_posting[i], a_id[e_place[i]], e_available[i], e_held[i]
      from generate_series(1, v_entries) as i
      where a_wallet[e_place[i]] and v_ids[e_posting[i]] is not null
      union all
      select l_posting[i], a_id[l_place[i]], -l_points[i], 0 from generate_series(1, cardinality(l_posting)) as i where v_ids[l_posting[i]] is not null
      union all
      select u.n, u.account, -u.available, -u.held
      from unnest(u_posting, u_account, u_available, u_held) as u (n, account, available, held)
      where v_ids[u.n] is not null
    ) change (n, account, available, held)
    group by change.n, change.account
    having total(change.available) <> 0 or total(change.held) <> 0
  ) then
    raise exception 'the change of a wallet is not the change of its lots'
      using errcode = 'check_violation', constraint = 'wallet_change_equals_lot_changes';
  end if;

  return query
  select g, v_ids[g], v_refusal[g], v_recorded_at, r_available[p_watched[g]] + coalesce(r_pending[p_watched[g]], 0)
  from generate_series(1, v_count) as g;
end
$$;
revoke all on function ledger.post from public;
grant execute on function ledger.post to pointsettia_app;
