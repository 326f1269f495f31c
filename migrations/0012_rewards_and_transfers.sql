-- Burning without a hold, rewards and what they entitle to, points that members give to one another, and the lots of a wallet in their order.

alter table exchange.redemptions add column location_id text;
alter table exchange.redemptions add column note text;

create table exchange.rewards (
  id uuid primary key,
  code text not null,
  version integer not null,
  partner_id uuid not null references partners.partners,
  name text not null,
  kind text not null constraint a_reward_kind_is_known
    check (kind in ('GIFT_CARD', 'SUBSCRIPTION', 'PRODUCT', 'SERVICE', 'DISCOUNT', 'EXPERIENCE')),
  currency_no smallint not null references partners.point_currencies,
  points bigint not null constraint a_reward_costs_points check (points > 0),
  face_value_minor bigint constraint a_face_value_is_not_negative check (face_value_minor >= 0),
  entitlement_months integer constraint an_entitlement_lasts_a_month_at_least check (entitlement_months > 0),
  effective_from timestamptz not null,
  effective_until timestamptz,
  published_at timestamptz not null,
  constraint a_reward_version_is_used_once unique (partner_id, code, version),
  constraint a_reward_ends_after_it_starts check (effective_until is null or effective_until >= effective_from)
);

create table exchange.entitlements (
  id uuid primary key,
  code text not null constraint an_entitlement_code_is_used_once unique,
  reward_id uuid not null references exchange.rewards,
  redemption_id uuid not null constraint a_redemption_entitles_once unique references exchange.redemptions,
  member_id uuid not null references members.members,
  partner_id uuid not null references partners.partners,
  valid_from timestamptz not null,
  valid_until timestamptz,
  revoked_at timestamptz,
  constraint an_entitlement_ends_after_it_starts check (valid_until is null or valid_until >= valid_from)
);
create index entitlements_by_member on exchange.entitlements (member_id, id);

create table exchange.transfers (
  id uuid primary key,
  from_member uuid not null references members.members,
  to_member uuid not null references members.members,
  currency_no smallint not null references partners.point_currencies,
  points bigint not null constraint a_transfer_moves_points check (points > 0),
  note text,
  created_at timestamptz not null,
  constraint a_transfer_is_between_two_members check (from_member <> to_member)
);
create index transfers_by_giver on exchange.transfers (from_member, currency_no, created_at);

grant select, insert on exchange.rewards, exchange.entitlements, exchange.transfers to pointsettia_app;
grant update (effective_until) on exchange.rewards to pointsettia_app;
grant update (revoked_at) on exchange.entitlements to pointsettia_app;

-- What the program lets members give to one another: nothing, until it says so. Limits are for each member and currency.
alter table partners.program add column transfers_allowed boolean not null default false;
alter table partners.program add column transfer_min_points bigint constraint a_transfer_minimum_is_not_negative check (transfer_min_points >= 0);
alter table partners.program add column transfer_day_points bigint constraint a_daily_transfer_limit_is_not_negative check (transfer_day_points >= 0);
alter table partners.program add column transfer_year_points bigint constraint a_yearly_transfer_limit_is_not_negative check (transfer_year_points >= 0);

create index lots_by_account on ledger.lots (account_id, id);
