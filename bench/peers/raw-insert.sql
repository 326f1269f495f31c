-- The nine rows of each accrual, for as many accruals as there are elements: all that the caller did not say is constant. Nothing is looked up,
-- decided, locked or summed.

with given as materialized (
  select *, $1::bigint + n as posting_id
  from unnest($2::uuid[], $3::text[], $4::bytea[], $5::uuid[], $6::uuid[]) with ordinality as g (id, key, hash, member, lot_id, n)
), accruals as (
  insert into raw.accruals (id, partner_id, external_id, request_hash, member_id, currency_no, status, occurred_at, recorded_at, channel,
    amount_minor, points, reversed_points, returned_minor, redemption_micros, service_micros, funded_micros, lot_id, breakdown, charge)
  select id, $7, key, hash, member, 1, 'CONFIRMED', now(), now(), 'PARTNER_API', 1000, 100, 0, 0, 10000, 2000, 10000, lot_id,
    '[{"rule": "FLAT", "version": 1, "points": "100"}]', 'PARTNER'
  from given
), postings as (
  insert into raw.postings (id, code, cycle, occurred_at, recorded_at, reference, partner)
  select posting_id, 'accrual.confirmed', 1, now(), now(), id, $7 from given
), entries as (
  insert into raw.entries (account_id, version, posting_id, available, available_after)
  select l.account_id, posting_id, posting_id, l.amount, l.amount * posting_id
  from given, lateral (values
    (1::bigint, -1200000::bigint), (2, 1000000), (3, 200000), (4, -100), (5 + posting_id % 100000, 100)
  ) as l (account_id, amount)
), lots as (
  insert into raw.lots (id, account_id, issuer, origin, posting_id, earned_at, initial, available, held, redemption_micros, funded_micros)
  select lot_id, 5 + posting_id % 100000, $7, 'ACCRUAL', posting_id, now(), 100, 100, 0, 10000, 10000 from given
)
insert into raw.idempotency_keys (id, request_hash, outcome, recorded_at)
select gen_random_uuid(), hash,
  jsonb_build_object('money', '-1200000000', 'status', 'CONFIRMED', 'accrual', id, 'balance', '["100", "0", "0", "1"]'::jsonb,
    'returned', '0', 'reversed', '0'),
  now()
from given
