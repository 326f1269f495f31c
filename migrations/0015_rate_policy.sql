-- Whether members may exchange in a circle without loss. Circles that gain are never allowed.

alter table partners.program add column allow_loss_free_loops boolean not null default false;
