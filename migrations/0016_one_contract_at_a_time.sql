-- A partner has one contract at a time: no two versions of any of its contracts are in force at the same instant.

alter table partners.partners add column no integer generated always as identity constraint a_partner_has_a_number_of_its_own unique;

alter table partners.contract_versions add column partner_no integer;
comment on column partners.contract_versions.partner_no is 'Whose contract it is, from the contract itself.';

create function partners.know_the_partner() returns trigger language plpgsql as $$
begin
  select p.no into new.partner_no from partners.contracts c join partners.partners p on p.id = c.partner_id where c.id = new.contract_id;
  return new;
end
$$;
create trigger a_version_knows_its_partner before insert or update of contract_id, partner_no on partners.contract_versions
  for each row execute function partners.know_the_partner();
update partners.contract_versions set partner_no = 0;
alter table partners.contract_versions alter column partner_no set not null;

-- What was agreed before ends with the tail of its contract, and at the latest where a later contract begins: that is how it was read.
update partners.contract_versions v set effective_until = greatest(v.effective_from, least(v.effective_until, c.tail_end, (
  select min(later.effective_from) from partners.contract_versions later join partners.contracts l on l.id = later.contract_id
  where l.partner_id = c.partner_id and l.no > c.no and later.operator_signed_at is not null
)))
from partners.contracts c
where c.id = v.contract_id and v.operator_signed_at is not null and exists (
  select from partners.contract_versions later join partners.contracts l on l.id = later.contract_id
  where l.partner_id = c.partner_id and l.no > c.no and later.operator_signed_at is not null
);

alter table partners.contract_versions
  drop constraint versions_in_force_do_not_overlap,
  add constraint versions_in_force_do_not_overlap exclude using gist (
    int8range(partner_no, partner_no, '[]') with &&,
    tstzrange(effective_from, effective_until) with &&
  ) where (operator_signed_at is not null);
