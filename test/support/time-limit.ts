import { addEventHandler } from 'jest-circus';

const DEFAULT_LIMIT = 30_000;

type Step = () => Promise<void>;

/** The runner knows no time limits: a step that hangs would hold up the whole run, and nobody would learn which one it was. */
function within(limit: number, step: Step): Step {
  return async () => {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error(`not done after ${limit} ms`)), limit);
    try {
      await Promise.race([step(), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  };
}

addEventHandler((event, { currentDescribeBlock: { tests, hooks } }) => {
  if (event.name !== 'add_test' && event.name !== 'add_hook') return;
  const added = event.name === 'add_test' ? tests.at(-1) : hooks.at(-1);
  if (added?.fn === undefined) return;
  const step = added.fn as Step;
  // A step with a parameter would wait for a callback, and would never be told of the limit.
  if (step.length > 0) throw new Error('a test returns a promise; it takes no callback');
  added.fn = within(added.timeout ?? DEFAULT_LIMIT, step);
});
