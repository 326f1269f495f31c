import { isDatabaseAway } from '../../platform/database-faults.ts';
import { type Running, type Sink, startFeed } from '../../platform/live/feed.ts';
import type { Audience } from './audience.ts';

/** One subscription's way to its client. */
export interface Channel {
  /** Sends the text of one result. */
  write(text: string): void;
  /** Whether the client has so much left to read that nothing more should be sent. */
  isFull(): boolean;
  /** Calls back once when the client has caught up. */
  whenDrained(drained: () => void): void;
}

export interface Delivery {
  /** Settles when the feed has ended and everything is sent; rejects when it ended with an error. */
  readonly over: Promise<void>;
  stop(): void;
}

/** Texts that wait for one that is still being made. */
const MAX_QUEUED = 1_000;

/**
 * Delivers a feed to one client, in order. What comes while the client is too slow is dropped, and once it has caught up the feed
 * begins again with how things stand: a slow client costs no memory, and slows nobody else.
 */
export function deliver(source: AsyncIterable<unknown>, audience: Audience, channel: Channel): Delivery {
  return new OneDelivery(source, audience, channel);
}

/** A class, as tens of thousands of these are kept: functions of its own would be most of what one takes. */
class OneDelivery implements Delivery, Sink<object> {
  readonly over: Promise<void>;
  readonly #audience: Audience;
  readonly #channel: Channel;
  readonly #running: Running;
  readonly #resolve: () => void;
  readonly #reject: (error: unknown) => void;
  #queue: (string | Promise<string>)[] | undefined;
  #isFlushing = false;
  #hasDropped = false;
  #ended: { readonly error: unknown } | undefined;
  #isStopped = false;

  constructor(source: AsyncIterable<unknown>, audience: Audience, channel: Channel) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.over = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    // Nobody may be listening yet, or any more.
    promise.catch(ignore);
    this.#audience = audience;
    this.#channel = channel;
    this.#running = startFeed(source, this);
  }

  next(event: object): void {
    if (this.#isStopped || this.#hasDropped) return;
    if (this.#channel.isFull() || (this.#queue?.length ?? 0) >= MAX_QUEUED) {
      this.#drop();
      return;
    }
    const text = this.#audience.textOf(event);
    if (!this.#isFlushing && typeof text === 'string') this.#channel.write(text);
    else {
      this.#queue ??= [];
      this.#queue.push(text);
      if (!this.#isFlushing) void this.#flush();
    }
  }

  end(error?: unknown): void {
    this.#ended = { error };
    if (!this.#isFlushing) this.#finish();
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#queue = undefined;
    this.#running.stop();
    this.#audience.leave();
    this.#resolve();
  }

  #drop(): void {
    if (this.#hasDropped) return;
    this.#hasDropped = true;
    this.#channel.whenDrained(() => {
      this.#hasDropped = false;
      if (!this.#isStopped && this.#ended === undefined) this.#running.restart();
    });
  }

  async #flush(): Promise<void> {
    this.#isFlushing = true;
    try {
      for (let text = this.#queue?.shift(); text !== undefined; text = this.#queue?.shift()) {
        const done = await text;
        if (this.#isStopped) return;
        this.#channel.write(done);
      }
    } catch (error) {
      // The feed bears a database that is away, and begins again with how things stand.
      if (isDatabaseAway(error)) this.#drop();
      else this.#ended = { error };
    }
    this.#queue = undefined;
    this.#isFlushing = false;
    if (this.#ended !== undefined) this.#finish();
  }

  #finish(): void {
    if (this.#ended?.error === undefined) this.#resolve();
    else this.#reject(this.#ended.error);
    this.stop();
  }
}

function ignore(): void {
  // Said where somebody listens.
}
