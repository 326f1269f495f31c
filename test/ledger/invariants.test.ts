import fc from 'fast-check';
import { verifyLedger } from '../../src/ledger/verify.ts';
import { startTestDatabase } from '../support/database.ts';
import { Play } from './play-steps.ts';
import { step } from './random-steps.ts';

const BOOKS = 4;
const STEPS = 270;

test('whatever happens in whatever order, ledger and model agree and every invariant holds after every step; what is refused changes nothing', async () => {
  const seed = Date.now() % 2 ** 31;
  const stories = fc.sample(fc.array(step, { minLength: STEPS, maxLength: STEPS, size: 'max' }), { numRuns: BOOKS, seed });
  const tally = { accepted: 0, refused: 0 };
  for (const [book, story] of stories.entries()) {
    const database = await startTestDatabase({ poolSize: 2 });
    try {
      const play = new Play(database.db);
      for (const [at, next] of story.entries()) {
        try {
          await play.play(next);
          expect(await play.state()).toEqual(play.model.state());
          expect((await verifyLedger(database.db)).checks.filter(({ found }) => found > 0)).toEqual([]);
        } catch (error) {
          throw new Error(`seed ${seed}, book ${book}, step ${at}: ${JSON.stringify(next)}`, { cause: error });
        }
      }
      tally.accepted += play.tally.accepted;
      tally.refused += play.tally.refused;
    } finally {
      await database.stop();
    }
  }
  expect(tally.accepted).toBeGreaterThan(500);
  expect(tally.refused).toBeGreaterThan(50);
}, 120_000);
