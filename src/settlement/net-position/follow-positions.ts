import { newPostings } from '../../ledger/follow-postings.ts';
import { loadCoalition } from '../../partners/load-coalition.ts';
import { isDatabaseAway } from '../../platform/database-faults.ts';
import { type Context, renewContext } from '../../platform/graphql/context.ts';
import type { Following } from '../../platform/live/follow.ts';
import { changedObjects } from '../../platform/live/outbox.ts';
import { remembered } from '../../platform/remembered.ts';
import type { NetPositionChangeType } from './net-position-change.types.ts';
import { readMovedAccounts } from './position-changes.queries.ts';
import { readPositions } from './read-positions.ts';

/** Gets where partners stand, the same object as everybody else. */
export interface PositionWatcher {
  /** Whose position it wants; undefined for those of all partners. */
  readonly wants: string | undefined;
  tell(position: NetPositionChangeType): void;
  fail(error: unknown): void;
}

export interface WatchedPositions {
  /** Has the positions told anew, whether they have changed or not. */
  ask(): void;
  stop(): void;
}

interface Positions {
  watch(watcher: PositionWatcher): WatchedPositions;
}

const MEMORY_KEY = 'live.positions';
/** Drawing the lines of a cycle is work for all partners at once: changes that come within so many milliseconds are drawn together. */
const PAUSE = 50;
/** Of the time that drawing takes, a multiple is left to everything else. */
const REST = 4;

/** Watches net positions. All watchers of a process share one drawing of the open cycle's lines. */
export function watchPositions(context: Context, watcher: PositionWatcher): WatchedPositions {
  return remembered(context.db, MEMORY_KEY, () => createPositions(context)).watch(watcher);
}

/** Whether anybody among these wants the position of a partner. */
function wantedBy(watchers: readonly PositionWatcher[]): (partnerId: string) => boolean {
  const wanted = new Set(watchers.map(({ wants }) => wants));
  return (partnerId) => wanted.has(undefined) || wanted.has(partnerId);
}

/** Whose context it is does not matter: what positions are read with asks for no rights. */
function createPositions(context: Context): Positions {
  const { db: database } = context;
  const watchers = new Set<PositionWatcher>();
  /** Who waits to be told whether something has changed or not. */
  const asking = new Set<PositionWatcher>();
  const moved = new Set<string>();
  let allMoved = false;
  let followings: Following[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isDrawing = false;
  let lastTook = 0;

  function draw(after: number): void {
    if (isDrawing || timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      void drawOnce();
    }, after);
    timer.unref();
  }

  async function drawOnce(): Promise<void> {
    isDrawing = true;
    const [asked, wasAllMoved] = [new Set(asking), allMoved];
    const began = performance.now();
    const changed = new Set(moved);
    asking.clear();
    moved.clear();
    allMoved = false;
    try {
      await Promise.all(followings.map(({ ready }) => ready));
      const isWanted = wantedBy([...watchers]);
      const isAskedFor = wantedBy([...asked]);
      const hasMoved = (id: string): boolean => wasAllMoved || changed.has(id);
      const present = await renewContext(context);
      const ids = (await loadCoalition(present)).partners
        .map(({ id }) => id)
        .filter((id) => isAskedFor(id) || (isWanted(id) && hasMoved(id)));
      for (const position of ids.length > 0 ? await readPositions(present, ids) : []) {
        for (const watcher of watchers) {
          if (watcher.wants !== undefined && watcher.wants !== position.partnerId) continue;
          if (hasMoved(position.partnerId) || asked.has(watcher)) watcher.tell(position);
        }
      }
    } catch (error) {
      if (isDatabaseAway(error)) {
        for (const id of changed) moved.add(id);
        for (const watcher of asked) asking.add(watcher);
        allMoved ||= wasAllMoved;
      } else for (const watcher of watchers) watcher.fail(error);
    }
    lastTook = performance.now() - began;
    isDrawing = false;
    if (moved.size > 0 || asking.size > 0 || allMoved) draw(Math.max(PAUSE, lastTook * REST));
  }

  async function note(postingIds: readonly bigint[]): Promise<void> {
    for (const { kind, owner } of await readMovedAccounts(database, postingIds)) {
      if (kind === 'JOINT') allMoved = true;
      else moved.add(owner);
    }
    if (moved.size > 0 || allMoved) draw(Math.min(PAUSE, lastTook));
  }

  async function noteAll(): Promise<void> {
    allMoved = true;
    draw(PAUSE);
  }

  return {
    watch(watcher) {
      watchers.add(watcher);
      if (followings.length === 0) followings = [newPostings(database).follow(note), changedObjects(database).follow(noteAll)];
      asking.add(watcher);
      draw(0);
      return {
        ask() {
          asking.add(watcher);
          draw(0);
        },
        stop() {
          watchers.delete(watcher);
          asking.delete(watcher);
          if (watchers.size > 0) return;
          for (const following of followings) following.stop();
          followings = [];
        },
      };
    },
  };
}
