-- The ledger's functions are written so that one plan fits every batch: sequential scans are off and what a batch brings is never joined
-- with a table. Planning for each batch anew took a good part of the time of a small one.
alter function ledger.open_accounts set plan_cache_mode = force_generic_plan;
alter function ledger.lock_wallets set plan_cache_mode = force_generic_plan;
alter function ledger.lock_accounts set plan_cache_mode = force_generic_plan;
alter function ledger.post set plan_cache_mode = force_generic_plan;
alter function ledger.prolong_lots set plan_cache_mode = force_generic_plan;

-- In this language its plan is kept; as a plain query it was planned each time that it was asked.
create or replace function platform.now() returns timestamptz language plpgsql stable as
$$ begin return clock_timestamp() + (select clock_offset from platform.state); end $$;
