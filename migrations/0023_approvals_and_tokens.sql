-- Redemptions that wait until their member approves them, and the tokens that members show at a till.

-- From how many points on a hold waits for its member: never, until the program says so.
alter table partners.program add column approval_from_points bigint constraint an_approval_is_asked_from_one_point_on check (approval_from_points > 0);

alter table exchange.redemptions add column needs_approval boolean not null default false;
alter table exchange.redemptions add column approved_at timestamptz;
alter table exchange.redemptions
  add constraint only_what_needs_approval_awaits_it check (status <> 'AWAITING_MEMBER_APPROVAL' or (needs_approval and approved_at is null)),
  add constraint nothing_is_burned_before_its_member_approved check (
    not needs_approval or approved_at is not null or (status in ('AWAITING_MEMBER_APPROVAL', 'VOIDED', 'EXPIRED_HOLD') and captured_points = 0)
  ),
  add constraint an_approval_is_given_where_it_is_needed_and_in_time check (approved_at is null or (needs_approval and approved_at < expires_at));

drop index exchange.redemptions_by_expiry;
create index redemptions_by_expiry on exchange.redemptions (expires_at) where status in ('HELD', 'AWAITING_MEMBER_APPROVAL');
create index redemptions_awaiting_approval on exchange.redemptions (member_id, expires_at) where status = 'AWAITING_MEMBER_APPROVAL';

-- Only the hash is kept: who reads the table cannot pay with it.
create table members.redemption_tokens (
  hash bytea constraint a_redemption_token_is_given_once primary key constraint a_redemption_token_is_kept_as_a_hash check (length(hash) = 32),
  member_id uuid not null references members.members,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  -- when the member asked for another
  replaced_at timestamptz,
  constraint a_redemption_token_lasts_a_minute_at_most check (expires_at > created_at and expires_at <= created_at + interval '1 minute'),
  constraint a_redemption_token_is_used_in_its_time check (used_at >= created_at and used_at < expires_at),
  constraint a_redemption_token_is_used_or_replaced check (used_at is null or replaced_at is null)
);
create unique index a_member_shows_one_redemption_token_at_a_time on members.redemption_tokens (member_id) where used_at is null and replaced_at is null;
create index redemption_tokens_by_expiry on members.redemption_tokens (expires_at);

grant select, insert, delete on members.redemption_tokens to pointsettia_app;
grant update (used_at, replaced_at) on members.redemption_tokens to pointsettia_app;
