-- Tables with the columns and indexes of those that an accrual is written to, and none of their rules: no check, no reference, no trigger.

create schema raw;
create table raw.accruals (like exchange.accruals including defaults including indexes);
create table raw.postings (like ledger.postings including defaults including indexes);
create table raw.entries (like ledger.entries including defaults including indexes);
create table raw.lots (like ledger.lots including defaults including indexes);
create table raw.idempotency_keys (like platform.idempotency_keys including defaults including indexes);
