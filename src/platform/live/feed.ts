/** Where a feed puts what one subscriber gets. */
export interface Sink<T extends object> {
  /** One message. Subscribers that are told the same get the same object, so that it is put into words once for all of them. */
  next(value: T): void;
  /** Nothing more comes: because of an error, or because it is over. */
  end(error?: unknown): void;
}

/** A feed that runs for one subscriber. */
export interface Running {
  stop(): void;
  /** Messages were dropped because the subscriber is slow: begin again with how things stand. */
  restart(): void;
}

const START = Symbol('start');

/** What a subscription's resolver answers: messages that are pushed, beginning with how things stand. */
export interface Feed<T extends object> extends AsyncIterable<T> {
  [START](sink: Sink<T>): Running;
}

/** A feed. GraphQL wants something that can be iterated, but a promise a message and subscriber would cost more than the message. */
export function feed<T extends object>(start: (sink: Sink<T>) => Running): Feed<T> {
  return {
    [START]: start,
    [Symbol.asyncIterator](): never {
      throw new Error('a feed is started, not iterated');
    },
  };
}

/** Starts a feed, or hands on what an ordinary source of events yields. */
export function startFeed(source: AsyncIterable<unknown>, sink: Sink<object>): Running {
  return isFeed(source) ? source[START](sink) : drain(source[Symbol.asyncIterator](), sink);
}

/** Gives up a source that was never started: a feed has done nothing yet, another source may have. */
export async function dismiss(source: AsyncIterable<unknown>): Promise<void> {
  if (!isFeed(source)) await source[Symbol.asyncIterator]().return?.();
}

function isFeed(source: AsyncIterable<unknown>): source is Feed<object> {
  return START in source;
}

function drain(events: AsyncIterator<unknown>, sink: Sink<object>): Running {
  let stopped = false;
  async function run(): Promise<void> {
    try {
      for (let event = await events.next(); event.done !== true && !stopped; event = await events.next()) sink.next(event.value as object);
      sink.end();
    } catch (error) {
      sink.end(error);
    }
  }
  void run();
  return {
    stop() {
      stopped = true;
      void events.return?.();
    },
    restart: () => undefined,
  };
}
