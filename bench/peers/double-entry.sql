-- A textbook ledger of double entry: transfers with idempotency keys, two entries each with the balance after it, accounts locked in the order of
-- their ids. No rule beside that; what is written is what every such ledger must write.

create schema ledger;

create table ledger.accounts (
  id integer primary key,
  balance bigint not null default 0,
  version bigint not null default 0
) with (fillfactor = 70);

create table ledger.transfers (
  id bigint generated always as identity primary key,
  idempotency_key text not null unique,
  from_account integer not null,
  to_account integer not null,
  amount bigint not null check (amount > 0),
  created_at timestamptz not null default now()
);

create table ledger.entries (
  account_id integer not null,
  version bigint not null,
  transfer_id bigint not null,
  amount bigint not null,
  balance_after bigint not null,
  primary key (account_id, version)
);

create function ledger.make_transfer(idempotency_key text, from_account integer, to_account integer, amount bigint) returns ledger.transfers
language plpgsql volatile as $$
#variable_conflict use_column
declare
  done ledger.transfers;
  first_account ledger.accounts;
  second_account ledger.accounts;
begin
  insert into ledger.transfers (idempotency_key, from_account, to_account, amount)
  values (make_transfer.idempotency_key, make_transfer.from_account, make_transfer.to_account, make_transfer.amount)
  on conflict (idempotency_key) do nothing
  returning * into done;
  if done.id is null then
    select t.* into strict done from ledger.transfers t where t.idempotency_key = make_transfer.idempotency_key;
    return done;
  end if;
  -- One after the other, so that two transfers between the same accounts never wait for each other in a circle.
  update ledger.accounts set version = version + 1,
    balance = balance + case when id = make_transfer.to_account then make_transfer.amount else -make_transfer.amount end
  where id = least(make_transfer.from_account, make_transfer.to_account)
  returning * into strict first_account;
  update ledger.accounts set version = version + 1,
    balance = balance + case when id = make_transfer.to_account then make_transfer.amount else -make_transfer.amount end
  where id = greatest(make_transfer.from_account, make_transfer.to_account)
  returning * into strict second_account;
  insert into ledger.entries (account_id, version, transfer_id, amount, balance_after)
  values
    (first_account.id, first_account.version, done.id,
      case when first_account.id = make_transfer.to_account then make_transfer.amount else -make_transfer.amount end, first_account.balance),
    (second_account.id, second_account.version, done.id,
      case when second_account.id = make_transfer.to_account then make_transfer.amount else -make_transfer.amount end, second_account.balance);
  return done;
end
$$;
