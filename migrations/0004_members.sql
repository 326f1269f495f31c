-- Members: who they are, how they are found, what they consented to.

create schema members;
grant usage on schema members to pointsettia_app;

create table members.members (
  id uuid primary key,
  card_number text not null constraint a_card_number_is_used_once unique,
  display_name text not null,
  email text constraint an_email_is_used_once unique,
  phone text constraint a_phone_is_used_once unique,
  home_partner uuid references partners.partners,
  status text not null default 'ACTIVE' constraint a_member_status_is_known check (status in ('ACTIVE', 'SUSPENDED', 'CLOSED')),
  tier text,
  enrolled_at timestamptz not null
);

-- A partner's own name for a member; null stands for the operator.
create table members.external_ids (
  partner_id uuid references partners.partners,
  external_id text not null,
  member_id uuid not null references members.members,
  constraint an_external_id_is_used_once_a_partner unique nulls not distinct (partner_id, external_id)
);
create index external_ids_by_member on members.external_ids (member_id);

create table members.consents (
  member_id uuid not null references members.members,
  purpose text not null,
  granted boolean not null,
  version text not null,
  recorded_at timestamptz not null
);
create index consents_by_member on members.consents (member_id, purpose, recorded_at);

grant select, insert, update on all tables in schema members to pointsettia_app;
