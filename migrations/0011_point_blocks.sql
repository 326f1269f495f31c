-- Points that partners pay for before they issue them, and who is charged for an accrual.

create table exchange.point_blocks (
  id uuid primary key,
  partner_id uuid not null references partners.partners,
  currency_no smallint not null references partners.point_currencies,
  points bigint not null constraint a_block_has_points check (points > 0),
  remaining bigint not null,
  -- the price of one point on the day of purchase: the part for the pool and the part for the operator
  redemption_micros bigint not null constraint the_pool_is_never_paid_less_than_nothing check (redemption_micros >= 0),
  service_micros bigint not null constraint the_operator_is_never_paid_less_than_nothing check (service_micros >= 0),
  alert_points bigint constraint an_alert_is_not_below_nothing check (alert_points >= 0),
  alerted_at timestamptz,
  purchased_at timestamptz not null,
  constraint a_block_has_between_nothing_and_all_of_its_points_left check (remaining between 0 and points),
  constraint only_a_block_with_an_alert_is_alerted check (alerted_at is null or alert_points is not null)
) with (fillfactor = 70);
create index point_blocks_in_order_of_purchase on exchange.point_blocks (partner_id, currency_no, purchased_at, id);

alter table exchange.accruals add column charge text not null default 'PARTNER'
  constraint an_accrual_is_charged_to_the_partner_its_blocks_or_a_promotion check (charge in ('PARTNER', 'PREPAID', 'JOINT'));
alter table exchange.accruals add constraint what_a_promotion_pays_for_names_it check (charge <> 'JOINT' or promotion is not null);

-- From which blocks an accrual took its points, in the order in which it took them.
create table exchange.accrual_blocks (
  accrual_id uuid not null references exchange.accruals,
  place smallint not null,
  block_id uuid not null references exchange.point_blocks,
  points bigint not null constraint an_accrual_takes_points_from_its_blocks check (points > 0),
  returned bigint not null default 0,
  -- the lot in which the points entered the wallet; parts of one price share it
  lot_id uuid,
  primary key (accrual_id, place),
  constraint a_block_gets_back_at_most_what_was_taken check (returned between 0 and points)
) with (fillfactor = 90);

grant select, insert, update on exchange.point_blocks, exchange.accrual_blocks to pointsettia_app;
