-- Points of one brand become points of another: quotes that lock a rate, what was exchanged, and how much of each pair in a cycle.

create table exchange.quotes (
  id uuid primary key,
  member_id uuid not null references members.members,
  -- who asked: a partner, or the member or the operator where there is none
  partner_id uuid references partners.partners,
  from_no smallint not null references partners.point_currencies,
  to_no smallint not null references partners.point_currencies,
  debited bigint not null,
  credited bigint not null,
  -- the terms that it locks: points received per point given before the spread, and what a point is worth on both sides
  rate_numerator bigint not null,
  rate_denominator bigint not null,
  spread_bps integer not null,
  fee_points bigint not null,
  from_issuer uuid not null references partners.partners,
  from_micros bigint not null,
  to_issuer uuid not null references partners.partners,
  to_micros bigint not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  executed_at timestamptz,
  constraint a_quote_is_between_two_currencies check (from_no <> to_no),
  constraint a_quote_gives_and_takes_points check (debited > 0 and credited > 0),
  constraint a_quoted_fee_leaves_points_to_exchange check (fee_points >= 0 and fee_points < debited),
  constraint a_quoted_rate_is_positive check (rate_numerator > 0 and rate_denominator > 0),
  constraint a_quote_is_executed_in_its_time check (executed_at >= created_at and executed_at < expires_at)
);
create index quotes_by_expiry on exchange.quotes (expires_at) where executed_at is null;

create table exchange.exchanges (
  id uuid primary key,
  member_id uuid not null references members.members,
  -- the partner that acted; none where the member did
  partner_id uuid references partners.partners,
  -- exactly one of the two: a quote that was executed, or a purchase that was paid
  quote_id uuid references exchange.quotes,
  redemption_id uuid references exchange.redemptions,
  from_no smallint not null references partners.point_currencies,
  to_no smallint not null references partners.point_currencies,
  debited bigint not null,
  credited bigint not null,
  fee_points bigint not null,
  fee_micros bigint not null,
  -- what the points given were worth, less the points received and the fee; negative where the rate is above mid
  spread_micros bigint not null,
  cycle integer not null,
  recorded_at timestamptz not null,
  lot_id uuid not null,
  constraint an_exchange_uses_a_quote_once unique (quote_id),
  constraint an_exchange_pays_one_purchase unique (redemption_id),
  constraint an_exchange_has_a_quote_or_pays_a_purchase check (num_nonnulls(quote_id, redemption_id) = 1),
  constraint an_exchange_is_between_two_currencies check (from_no <> to_no),
  constraint an_exchange_gives_and_takes_points check (debited > 0 and credited > 0),
  constraint a_fee_leaves_points_to_exchange check (fee_points >= 0 and fee_points < debited and fee_micros >= 0)
);
create index exchanges_by_member on exchange.exchanges (member_id, from_no, to_no, recorded_at);

-- Points of each directed pair that all members gave in a clearing cycle: one row to lock, so that a cap is counted exactly.
create table exchange.exchange_usage (
  from_no smallint not null references partners.point_currencies,
  to_no smallint not null references partners.point_currencies,
  cycle integer not null,
  used bigint not null constraint exchanged_points_are_never_negative check (used >= 0),
  primary key (from_no, to_no, cycle)
);

grant select, insert, update, delete on exchange.quotes to pointsettia_app;
grant select, insert on exchange.exchanges to pointsettia_app;
grant select, insert, update on exchange.exchange_usage to pointsettia_app;
