import { nextPostings, type Place } from '../../ledger/new-postings.ts';
import type { Database } from '../../platform/database.ts';
import { type Inbox, openInbox } from './inbox.ts';
import { readChangesOf, type WalletChange } from './wallet-changes.queries.ts';

/** One subscriber's view of one member's wallets. */
export interface Watch {
  /** Settles when every change committed from then on will come to the inbox. */
  readonly ready: Promise<void>;
  /** Settles when the watch is over. */
  readonly closed: Promise<void>;
  readonly inbox: Inbox<WalletChange>;
  stop(): void;
}

interface Follower {
  watch(memberId: string): Watch;
}

const INTERVAL = 25;
/** The pause after a failure, such as a database that restarts. */
const RECOVERY = 250;
const CAPACITY = 10_000;
const MEMORY_KEY = 'exchange.live.follower';

/** Watches a member's wallets. All watches of a process share one reader, which runs only while somebody watches. */
export function watchWallets(database: Database, memberId: string): Watch {
  let follower = database.memory.get(MEMORY_KEY) as Follower | undefined;
  if (follower === undefined) {
    follower = createFollower(database);
    database.memory.set(MEMORY_KEY, follower);
  }
  return follower.watch(memberId);
}

function createFollower(database: Database): Follower {
  const inboxes = new Map<string, Set<Inbox<WalletChange>>>();
  let place: Place | undefined;
  let running = false;
  let ready = Promise.withResolvers<void>();

  async function read(): Promise<void> {
    const { place: reached, postingIds } = await nextPostings(database, place);
    if (postingIds.length > 0) {
      const changes = await readChangesOf(database, postingIds);
      for (const [memberId, own] of Map.groupBy(changes, (change) => change.memberId)) {
        for (const inbox of inboxes.get(memberId) ?? []) inbox.push(own);
      }
    }
    place = reached;
    ready.resolve();
  }

  async function run(): Promise<void> {
    let pause = INTERVAL;
    try {
      await read();
    } catch {
      // The place is kept: what was missed comes when the database answers again. That it is away is the readiness probe's to tell.
      pause = RECOVERY;
    }
    if (inboxes.size > 0) {
      setTimeout(run, pause).unref();
      return;
    }
    running = false;
    place = undefined;
    ready = Promise.withResolvers<void>();
  }

  return {
    watch(memberId) {
      const inbox = openInbox<WalletChange>(CAPACITY);
      const own = inboxes.get(memberId) ?? new Set();
      inboxes.set(memberId, own.add(inbox));
      if (!running) {
        running = true;
        void run();
      }
      const closed = Promise.withResolvers<void>();
      return {
        ready: ready.promise,
        closed: closed.promise,
        inbox,
        stop() {
          closed.resolve();
          inbox.close();
          own.delete(inbox);
          if (own.size === 0 && inboxes.get(memberId) === own) inboxes.delete(memberId);
        },
      };
    },
  };
}
