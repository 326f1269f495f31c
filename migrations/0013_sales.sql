-- Sales that partners report, of which others have a share, and where the open cycle begins in an account.

create table exchange.sales (
  id uuid primary key,
  partner_id uuid not null references partners.partners,
  external_id text not null,
  request_hash bytea not null,
  member_id uuid not null references members.members,
  -- the partner through which the member had enrolled when the sale was reported
  home_partner_id uuid references partners.partners,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  cycle_no integer not null references ledger.cycles (no),
  gross_minor bigint not null,
  net_minor bigint not null,
  constraint an_external_id_is_sold_once unique (partner_id, external_id),
  constraint a_sale_is_net_of_its_gross check (net_minor between 0 and gross_minor)
);
create index sales_by_cycle on exchange.sales (cycle_no, partner_id, home_partner_id) include (gross_minor, net_minor);

create function exchange.refuse_change_of_a_sale() returns trigger language plpgsql as $$
begin
  raise exception 'a reported sale is not changed: % on % is refused', tg_op, tg_table_name
    using errcode = 'restrict_violation', constraint = 'reported_sales_are_append_only';
end
$$;
create trigger reported_sales_are_append_only before update or delete or truncate on exchange.sales for each statement execute function exchange.refuse_change_of_a_sale();

grant select, insert on exchange.sales to pointsettia_app;

-- The number of the open cycle, which stays open until the transaction ends: closing waits for it, as for every posting.
create function ledger.enter_open_cycle() returns integer
language plpgsql security definer set search_path = ledger, pg_temp as $$
begin
  perform enter_cycle();
  return (select no from cycles where status = 'OPEN');
end
$$;

-- The last version of an account before the open cycle. Cycle numbers grow along versions.
create function ledger.version_before_open_cycle(p_account bigint) returns bigint language plpgsql stable set search_path = ledger, pg_temp as $$
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
  return v_low;
end
$$;

revoke all on function ledger.enter_open_cycle, ledger.version_before_open_cycle from public;
grant execute on function ledger.enter_open_cycle, ledger.version_before_open_cycle to pointsettia_app;
