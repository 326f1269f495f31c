import { setImmediate, setTimeout } from 'node:timers/promises';
import { done, type Outcome, refused } from '../../src/kernel/refusal.ts';
import { createGatherer, type Gathering, type Postponed } from '../../src/platform/batching/gather.ts';

/** An item by its name and number; `a3` is the third of those that keep their order with `a1`. */
type Item = string;

/** What ends in `+x` has x for itself: one more of the same group is postponed. */
function answerTo(item: Item, before: readonly Item[]): Outcome<Item> | Postponed {
  const [, needed] = item.split('+');
  if (needed !== undefined && before.some((other) => other.endsWith(`+${needed}`))) return { waitsFor: needed };
  return item.endsWith('no') ? refused('VALIDATION', item) : done(item);
}

/** A gatherer of which every group waits until it is let go. */
function held(options: Partial<Gathering<Item, Item>> = {}) {
  const groups: { readonly items: readonly Item[]; finish(error?: unknown): void }[] = [];
  const gatherer = createGatherer<Item, Item>({
    run: async (items) => {
      const gate = Promise.withResolvers<void>();
      groups.push({ items, finish: (error) => (error === undefined ? gate.resolve() : gate.reject(error)) });
      await gate.promise;
      return items.map((item, at) => answerTo(item, items.slice(0, at)));
    },
    nameOf: (item) => item.slice(0, 1),
    isHopeless: (error) => error === 'away',
    mostItems: 3,
    lanes: 1,
    mostWaiting: 5,
    ...options,
  });
  const asked = (...items: Item[]) => {
    const outcomes = items.map((item) => gatherer.ask(item));
    // Looked at later: until then a failure is not one of the process.
    for (const outcome of outcomes) outcome.catch(() => undefined);
    return outcomes;
  };
  /** What has been started so far, once what is ready has been. */
  const started = async () => {
    await setTimeout(1);
    await setImmediate();
    return groups.map(({ items }) => items);
  };
  /** Lets group after group go, whatever becomes of it. */
  const finishAll = async (errorOf: (items: readonly Item[]) => unknown = () => undefined) => {
    for (let at = 0; at < groups.length; at += 1) {
      groups[at]?.finish(errorOf(groups[at]?.items ?? []));
      await started();
    }
  };
  return { gatherer, groups, asked, started, finishAll };
}

const codeOf = (outcome: Outcome<unknown>) => ('refused' in outcome ? outcome.refused.code : 'done');

test('alone an item goes in the same turn, with all that came in it', async () => {
  const { groups, asked } = held();
  asked('a1', 'b1');
  await setImmediate();
  expect(groups.map(({ items }) => items)).toEqual([['a1', 'b1']]);
});

test('while all lanes are at work items wait, and go together in their order, as many as may', async () => {
  const { groups, asked, started } = held();
  asked('a1');
  await setImmediate();
  const outcomes = asked('b1', 'a2', 'c1', 'd1');
  expect(await started()).toEqual([['a1']]);
  groups[0]?.finish();
  expect(await started()).toEqual([['a1'], ['b1', 'a2', 'c1']]);
  groups[1]?.finish();
  expect(await started()).toEqual([['a1'], ['b1', 'a2', 'c1'], ['d1']]);
  groups[2]?.finish();
  expect(await Promise.all(outcomes)).toEqual(['b1', 'a2', 'c1', 'd1'].map(done));
});

test('what is under way in one lane is not overtaken in another', async () => {
  const { groups, asked, started } = held({ lanes: 2 });
  asked('a1');
  await setImmediate();
  // given one of the same name that must wait, and others that need not
  asked('a2', 'b1', 'a3');
  expect(await started()).toEqual([['a1'], ['b1']]);
  groups[1]?.finish();
  expect(await started()).toEqual([['a1'], ['b1']]);
  groups[0]?.finish();
  expect(await started()).toEqual([['a1'], ['b1'], ['a2', 'a3']]);
});

test('one more than may wait is refused, and taken once there is room', async () => {
  const { groups, asked, started, finishAll } = held({ mostItems: 1, mostWaiting: 2 });
  asked('a1');
  await started();
  const outcomes = asked('b1', 'c1', 'd1');
  expect(codeOf((await outcomes[2]) as Outcome<Item>)).toBe('OVERLOADED');
  groups[0]?.finish();
  await started();
  const again = asked('d1');
  await finishAll();
  expect((await Promise.all([...outcomes.slice(0, 2), ...again])).map(codeOf)).toEqual(['done', 'done', 'done']);
});

test('what was postponed goes first with the next group, of those that wait for the same one a group, and those of one name keep their order', async () => {
  const { groups, asked, started, finishAll } = held({ mostItems: 8, mostWaiting: 8 });
  const outcomes = asked('a1+x', 'b1+x', 'c1+x', 'd1+y');
  await setImmediate();
  const late = asked('e1', 'b2');
  groups[0]?.finish();
  expect(await started()).toEqual([
    ['a1+x', 'b1+x', 'c1+x', 'd1+y'],
    ['b1+x', 'e1', 'b2'],
  ]);
  const later = asked('c3', 'f1');
  groups[1]?.finish();
  expect(await started()).toHaveLength(3);
  expect(groups[2]?.items).toEqual(['c1+x', 'c3', 'f1']);
  await finishAll();
  const all = ['a1+x', 'b1+x', 'c1+x', 'd1+y', 'e1', 'b2', 'c3', 'f1'];
  expect(await Promise.all([...outcomes, ...late, ...later])).toEqual(all.map(done));
});

test('what waits for what is under way in another lane waits longer', async () => {
  const { groups, asked, started, finishAll } = held({ lanes: 2, mostWaiting: 8 });
  asked('a1+x', 'b1+x', 'c1+x');
  await setImmediate();
  groups[0]?.finish();
  expect(await started()).toEqual([['a1+x', 'b1+x', 'c1+x'], ['b1+x']]);
  asked('d1', 'c2');
  expect((await started()).slice(2)).toEqual([['d1']]);
  groups[1]?.finish();
  groups[2]?.finish();
  expect((await started()).slice(3)).toEqual([['c1+x', 'c2']]);
  await finishAll();
});

test('a refusal is an answer to one; a fault fails only the one whose fault it is', async () => {
  const { groups, asked, finishAll } = held({ mostItems: 8, mostWaiting: 8 });
  const items = ['a1', 'b1', 'cbad', 'd1', 'eno', 'a2', 'fbad', 'g1'];
  const outcomes = asked(...items);
  await setImmediate();
  await finishAll((tried) => (tried.some((item) => item.endsWith('bad')) ? new Error(`fault of ${tried.join()}`) : undefined));
  const settled = await Promise.allSettled(outcomes);
  expect(settled.map((one) => (one.status === 'fulfilled' ? codeOf(one.value) : String(one.reason)))).toEqual([
    'done',
    'done',
    'Error: fault of cbad',
    'done',
    'VALIDATION',
    'done',
    'Error: fault of fbad',
    'done',
  ]);
  // and those that were fine were done in their order, each once
  expect(groups.flatMap(({ items: tried }) => (tried.some((item) => item.endsWith('bad')) ? [] : tried))).toEqual(
    items.filter((item) => !item.endsWith('bad')),
  );
});

test('what is hopeless fails all at once, and is not tried again', async () => {
  const { groups, asked, finishAll } = held();
  const outcomes = asked('a1', 'b1', 'c1');
  await setImmediate();
  await finishAll(() => 'away');
  expect(await Promise.allSettled(outcomes)).toEqual(outcomes.map(() => ({ status: 'rejected', reason: 'away' })));
  expect(groups).toHaveLength(1);
  const next = asked('a1');
  await setImmediate();
  await setImmediate();
  groups[1]?.finish();
  expect(await Promise.all(next)).toEqual([done('a1')]);
});

test('what was taken is answered before it closes, and nothing is taken any more', async () => {
  const { gatherer, asked, finishAll } = held({ mostItems: 1 });
  const outcomes = asked('a1', 'b1', 'a2');
  let isClosed = false;
  const closed = gatherer.close().then(() => {
    isClosed = true;
  });
  expect(codeOf(await gatherer.ask('c1'))).toBe('OVERLOADED');
  await setTimeout(1);
  expect(isClosed).toBe(false);
  await finishAll();
  expect(await Promise.all(outcomes)).toEqual(['a1', 'b1', 'a2'].map(done));
  await closed;
  await gatherer.close();
});
