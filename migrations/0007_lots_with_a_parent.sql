-- A lot that continues another one names it; money kept for later is never overdrawn. `ledger.post` takes the parents.

alter table ledger.lots add column parent uuid references ledger.lots;
comment on column ledger.lots.parent is 'The one lot whose points these are, after a transfer or a late refund. The lots behind an exchange are those that its posting used.';
create index derived_lots_by_posting on ledger.lots (posting_id) where origin <> 'ACCRUAL';
create index derived_lots_by_parent on ledger.lots (parent) where parent is not null;
create index lot_uses_by_posting on ledger.lot_uses (posting_id);

alter table ledger.accounts add constraint prepaid_money_is_never_overdrawn check (kind <> 'PREPAID' or available + pending >= 0);
alter table ledger.accounts add constraint a_deposit_is_never_overdrawn check (kind <> 'DEPOSIT' or available >= 0);

drop function ledger.post(ledger.posting_code[], timestamptz[], uuid[], uuid[], bigint[], integer[], integer[], bigint[], bigint[], bigint[], bigint[], text[], integer[], uuid[], integer[], uuid[], ledger.lot_origin[], timestamptz[], timestamptz[], bigint[], bigint[], bigint[], integer[], uuid[], bigint[], bigint[]);

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
  l_expires_at timestamptz[], l_points bigint[], l_redemption_micros bigint[], l_funded_micros bigint[], l_parent uuid[],
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

  insert into lots (id, account_id, issuer, origin, posting_id, earned_at, expires_at, initial, available, redemption_micros, funded_micros, parent)
  select l.id, a_id[l.place], l.issuer, l.origin, v_ids[l.n], l.earned_at, l.expires_at, l.points, l.points, l.redemption_micros, l.funded_micros, l.parent
  from unnest(l_posting, l_id, l_place, l_issuer, l_origin, l_earned_at, l_expires_at, l_points, l_redemption_micros, l_funded_micros, l_parent)
    as l (n, id, place, issuer, origin, earned_at, expires_at, points, redemption_micros, funded_micros, parent)
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

revoke all on function ledger.post from public;
grant execute on function ledger.post to pointsettia_app;
