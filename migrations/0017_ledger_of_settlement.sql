-- Money that the operator's bank holds, parts of a minor unit that rounding leaves, and what closing, paying and correcting post.

alter type ledger.account_kind add value 'BANK';
alter type ledger.account_kind add value 'ROUNDING';

alter type ledger.posting_code add value 'cycle.cleared';
alter type ledger.posting_code add value 'settlement.paid';
alter type ledger.posting_code add value 'adjustment.posted';
alter type ledger.posting_code add value 'interest.charged';
