-- What proves a closed cycle: seals of complete chunks of entries, and the roots of accounts that its hashes are made of.

-- 256 consecutive versions of an account, hashed as docs/proof.md says.
create table settlement.seals (
  account_id bigint not null,
  chunk bigint not null,
  root bytea not null constraint a_seal_is_a_hash check (length(root) = 32),
  -- the first 8 bytes of the hash of each entry, to name the one that was changed
  marks bytea not null constraint a_seal_marks_every_entry check (length(marks) = 2048),
  -- in which cycles its entries were recorded, and when they occurred
  cycle_from integer not null,
  cycle_to integer not null,
  earliest timestamptz not null,
  latest timestamptz not null,
  sealed_at timestamptz not null default now(),
  constraint a_chunk_is_sealed_once primary key (account_id, chunk)
);
alter table settlement.seals alter column marks set storage external;

-- What an account contributes to the hashes of a closed cycle.
create table settlement.account_roots (
  cycle_no integer not null references ledger.cycles (no),
  account_id bigint not null,
  entries bigint not null constraint an_account_root_has_entries check (entries > 0),
  root bytea not null constraint an_account_root_is_a_hash check (length(root) = 32),
  -- its last chunk may not be sealed yet: from which version on it was read, and the first 8 bytes of the hash of each entry from there
  tail_from bigint not null,
  tail_marks bytea not null,
  constraint an_account_has_one_root_a_cycle primary key (cycle_no, account_id)
);

create function settlement.refuse_unsealing() returns trigger language plpgsql as $$
begin
  raise exception 'what is sealed stays so: % on % is refused', tg_op, tg_table_name
    using errcode = 'restrict_violation', constraint = 'seals_are_append_only';
end
$$;
create trigger seals_are_append_only before update or delete or truncate on settlement.seals for each statement execute function settlement.refuse_unsealing();
create trigger seals_are_append_only before update or delete or truncate on settlement.account_roots for each statement execute function settlement.refuse_unsealing();

grant select, insert on settlement.seals, settlement.account_roots to pointsettia_app;
