-- Planning five joins anew for every few changes takes longer than reading them.
alter function exchange.wallet_changes(bigint[], uuid[]) set plan_cache_mode = force_generic_plan;
alter function ledger.postings_since(pg_snapshot, bigint) set plan_cache_mode = force_generic_plan;
