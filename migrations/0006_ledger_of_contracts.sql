-- What contracts add to the book: accounts of joint promotions, spreads, prepaid blocks and deposits, and the postings on them.

alter type ledger.account_kind add value 'JOINT';
alter type ledger.account_kind add value 'SPREAD';
alter type ledger.account_kind add value 'PREPAID';
alter type ledger.account_kind add value 'DEPOSIT';

alter type ledger.posting_code add value 'block.purchased';
alter type ledger.posting_code add value 'exchange.redeemed';
alter type ledger.posting_code add value 'exchange.funded';
alter type ledger.posting_code add value 'lot.bought_back';
alter type ledger.posting_code add value 'lot.converted';
alter type ledger.posting_code add value 'deposit.paid';
alter type ledger.posting_code add value 'deposit.returned';

alter type ledger.lot_origin add value 'CONVERSION';
