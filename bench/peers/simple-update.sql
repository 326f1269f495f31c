-- The tables of pgbench that its simple update works on, at scale 1.

create table accounts (aid integer primary key, bid integer, abalance integer, filler char(84));
create table history (tid integer, bid integer, aid integer, delta integer, mtime timestamp, filler char(22));
insert into accounts select aid, 1, 0, '' from generate_series(1, 100000) aid;
vacuum analyze accounts;
