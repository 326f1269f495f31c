-- Who spends reads all lots of a wallet that have points left, and puts them in order: an index in that order was read by nobody in part, and took
-- three times as much.
create index open_lots_by_account on ledger.lots (account_id) where available > 0;
drop index ledger.lots_in_order_of_consumption;
