// Mutations that come at the same time, so that they go in one group: both lanes of a process wait for a wallet until all have come.
import { Client } from 'pg';
import { statementCounter } from '../../src/platform/database.ts';
import type { TestApp } from '../support/app.ts';
import { type Member, type Nova, operation } from '../support/coalition.ts';

interface Group<T> {
  readonly answers: T[];
  /** From when all had come until all were answered, with what kept the lanes. */
  readonly statements: number;
}

export interface Grouping {
  /** May do with the database what it likes. */
  readonly superuser: Client;
  /** Sends while both lanes wait for a wallet, so that all of it goes in one group when they are let go. */
  inOneGroup<T>(
    send: () => readonly Promise<T>[],
    options?: { readonly app?: TestApp; readonly meanwhile?: () => void },
  ): Promise<Group<T>>;
  close(): Promise<void>;
}

/** Groups of mutations of a coalition in which DEPOT takes APT, the first currency, from AERO. */
export async function openGrouping(nova: Nova): Promise<Grouping> {
  const [superuser, observer] = [new Client({ connectionString: nova.app.url }), new Client({ connectionString: nova.app.url })];
  await Promise.all([superuser.connect(), observer.connect()]);
  const withPoints = async (): Promise<Member> => {
    const member = await nova.enrol();
    await nova.earn('AERO', member, { points: 1_000 });
    return member;
  };
  /** Their wallets are held to keep both lanes at work. */
  const blockers = await Promise.all([withPoints(), withPoints()]);

  async function isWaiting(many: number): Promise<boolean> {
    const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    return (await observer.query(waiting)).rowCount === many;
  }

  async function holdOne(app: TestApp, { id }: Member): Promise<void> {
    const input = { idempotencyKey: nova.newKey(), member: { id }, currency: 'APT', points: 1, orderExternalId: nova.newKey() };
    const { errors } = await app.graphql(operation('hold-redemption'), { token: await nova.token('DEPOT'), variables: { input } });
    expect(errors).toBeUndefined();
  }

  return {
    superuser,
    async inOneGroup(send, { app = nova.app, meanwhile = () => undefined } = {}) {
      const ids = blockers.map(({ id }) => `'${id.slice(4)}'`).join();
      await superuser.query(`begin; select from ledger.accounts where kind = 'WALLET' and owner in (${ids}) and unit = 1 for update`);
      const held: Promise<unknown>[] = [];
      for (const [at, blocker] of blockers.entries()) {
        held.push(holdOne(app, blocker));
        await until('a lane waits', () => isWaiting(at + 1));
      }
      const sent = Promise.all(send());
      await allHasCome();
      const before = statementCounter.count;
      meanwhile();
      await superuser.query('commit');
      await Promise.all(held);
      return { answers: await sent, statements: statementCounter.count - before };
    },
    async close() {
      await Promise.all([superuser.end(), observer.end()]);
    },
  };
}

export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 5_000;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`not so after 5 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Resolves once all that was sent has come in: each request looks at the clock then, and waits. */
async function allHasCome(): Promise<void> {
  let seen = -1;
  while (seen !== statementCounter.count) {
    seen = statementCounter.count;
    await new Promise((resolve) => setTimeout(resolve, 120));
  }
}
