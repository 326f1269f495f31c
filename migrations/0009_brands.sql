-- Partners as members and operators see them: what kind of business, where they are, how they were judged.

alter table partners.partners
  add column kind text constraint a_partner_kind_is_known check (kind in (
    'AIRLINE', 'HOTEL', 'RETAIL', 'RESTAURANT', 'BANK', 'TELECOM', 'FUEL', 'ENTERTAINMENT', 'HEALTH', 'EDUCATION', 'CHARITY', 'SERVICE', 'OTHER'
  )),
  add column revision integer not null default 1 constraint a_partner_revision_counts_from_one check (revision >= 1);

-- In the order in which the partner lists them; a new list replaces the one before.
create table partners.locations (
  partner_id uuid not null references partners.partners,
  external_id text not null,
  position integer not null,
  name text not null,
  city text not null,
  country text not null constraint a_country_has_two_capitals check (country ~ '^[A-Z]{2}$'),
  address text,
  constraint a_location_is_listed_once_a_partner primary key (partner_id, external_id)
);
grant select, insert, delete on partners.locations to pointsettia_app;

-- How the operator judges a partner; the latest counts.
create table partners.scores (
  no bigint generated always as identity primary key,
  partner_id uuid not null references partners.partners,
  strategic_fit smallint not null,
  complementarity smallint not null,
  brand_reputation smallint not null,
  operating_ability smallint not null,
  note text,
  scored_by text not null,
  scored_at timestamptz not null,
  constraint a_score_is_one_to_five check (
    strategic_fit between 1 and 5 and complementarity between 1 and 5 and brand_reputation between 1 and 5 and operating_ability between 1 and 5
  )
);
create index scores_by_partner on partners.scores (partner_id, no desc);
create function partners.refuse_change_of_scores() returns trigger language plpgsql as $$
begin
  raise exception 'scores are only added: % is refused', tg_op using errcode = 'restrict_violation', constraint = 'scores_are_never_changed';
end
$$;
create trigger scores_are_never_changed before update or delete or truncate on partners.scores
  for each statement execute function partners.refuse_change_of_scores();
grant select, insert on partners.scores to pointsettia_app;

create index members_by_home_partner on members.members (home_partner);
