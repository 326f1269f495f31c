-- The role that the application works as, the program's clock, secrets and idempotency keys.

do $$
begin
  -- An administered server may have made the role beforehand, for an owner who may not.
  if not exists (select from pg_roles where rolname = 'pointsettia_app') then
    create role pointsettia_app nologin;
  end if;
exception
  when duplicate_object or unique_violation then null;
end
$$;

do $$
begin
  execute format('grant pointsettia_app to %I', current_user);
exception
  when others then null; -- a superuser needs no membership
end
$$;

create schema platform;
grant usage on schema platform to pointsettia_app;

create sequence platform.revisions start 2;
grant usage on sequence platform.revisions to pointsettia_app;

create table platform.state (
  only_row boolean primary key default true constraint there_is_one_state check (only_row),
  revision bigint not null default 1,
  clock_offset interval not null default interval '0'
);
insert into platform.state default values;
grant select, update on platform.state to pointsettia_app;

comment on table platform.state is 'One row: the revision of all configuration, and how far the program''s clock is ahead of the real one.';

create function platform.now() returns timestamptz language sql stable as
$$ select clock_timestamp() + (select clock_offset from platform.state) $$;

create table platform.secrets (
  name text primary key,
  value text not null
);
grant select, insert on platform.secrets to pointsettia_app;

create table platform.idempotency_keys (
  principal text not null,
  operation text not null,
  key text not null,
  request_hash bytea not null,
  outcome jsonb not null,
  recorded_at timestamptz not null default clock_timestamp(),
  constraint an_idempotency_key_is_used_once primary key (principal, operation, key)
);
grant select, insert on platform.idempotency_keys to pointsettia_app;
