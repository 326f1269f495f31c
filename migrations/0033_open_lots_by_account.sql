-- Who spends reads all lots of a wallet that have points left, and puts them in order: an index in that order helped nobody but the expiry of some
-- among very many lots of one wallet, and took three times as much.
create index open_lots_by_account on ledger.lots (account_id) where available > 0;
drop index ledger.lots_in_order_of_consumption;
