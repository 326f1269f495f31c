-- Every purchase opens a lot, and each index that has the lots of a wallet together costs it a page by chance. Those with points left are in one
-- already, in the order of their consumption, so only those that are spent need another; a lot goes there once, when its last points go.
create index spent_lots_by_account on ledger.lots (account_id, id) where available = 0;
drop index ledger.lots_by_account;
