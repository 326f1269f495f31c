-- A key is kept under 128 bits of the SHA-256 of whose it is, what for and what it says, each as JSON, with spaces between: a third of the index,
-- which a key by chance finds in memory and unchanged since the last checkpoint less often the larger it is. What a caller wrote is no longer
-- kept in clear.
alter table platform.idempotency_keys rename to keys_as_written;
create table platform.idempotency_keys (
  recorded_at timestamptz not null default clock_timestamp(),
  id uuid not null,
  request_hash bytea not null,
  outcome jsonb not null
);
insert into platform.idempotency_keys (recorded_at, id, request_hash, outcome)
select recorded_at,
  encode(substr(sha256(convert_to(concat_ws(' ', to_json(principal), to_json(operation), to_json(key)), 'UTF8')), 1, 16), 'hex')::uuid,
  request_hash, outcome
from platform.keys_as_written;
drop table platform.keys_as_written;
alter table platform.idempotency_keys add constraint an_idempotency_key_is_used_once primary key (id);
do $$
begin
  if exists (select from platform.idempotency_keys) then
    analyze platform.idempotency_keys;
  end if;
end
$$;
comment on column platform.idempotency_keys.request_hash is 'SHA-256 of the body: the same key with another body is a conflict.';
grant select, insert on platform.idempotency_keys to pointsettia_app;
