import { PgBoss } from 'pg-boss';
import { closeOnSchedule } from '../../src/settlement/jobs/close-on-schedule.ts';
import { serve, startApp, type TestApp } from '../support/app.ts';
import { operation } from '../support/coalition.ts';

let app: TestApp;
let operator: string;
beforeEach(async () => {
  app = await startApp({ LOG_LEVEL: 'error' });
  operator = await app.token({ role: 'OPERATOR' });
});
afterEach(() => app.stop());

const SCHEDULE = { CLOSE_SCHEDULE: '5 0 1 * *', JOBS: 'true' };

async function configure(startsAt: string): Promise<void> {
  const input = { idempotencyKey: 'p', code: 'NOVA', name: 'Nova', timeZone: 'Asia/Shanghai', settlementCurrency: 'CNY', startsAt };
  const { data } = await app.graphql(operation('configure-program'), { token: operator, variables: { input } });
  expect(data.configureProgram.userErrors).toEqual([]);
}

const cycles = () =>
  app.db.rows<{ no: number; status: string; cutoff: Date }>('select no, status::text, cutoff from ledger.cycles order by no');

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < 25_000; waited += 200) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('it did not happen in time');
}

test('with a schedule, its time closes the open cycle at the planned cutoff, once for all processes', async () => {
  await configure('2026-01-01T00:00:00+08:00');
  const first = await serve(app.url, SCHEDULE);
  const second = await serve(app.url, SCHEDULE);
  const boss = new PgBoss({ connectionString: app.url, schema: 'jobs', schedule: false, supervise: false });
  await boss.start();
  try {
    expect(await boss.getSchedule('close-cycle')).toMatchObject({ cron: SCHEDULE.CLOSE_SCHEDULE, timezone: 'Asia/Shanghai' });
    // What the schedule does when its time has come.
    await boss.send('close-cycle');
    await until(async () => (await cycles()).some(({ status }) => status === 'CLOSED'));
    expect(await cycles()).toMatchObject([
      { no: 1, status: 'CLOSED', cutoff: new Date('2026-01-31T16:00:00Z') },
      { no: 2, status: 'OPEN' },
    ]);
  } finally {
    await boss.stop({ graceful: false });
    await Promise.all([first.stop(), second.stop()]);
  }
}, 60_000);

test('before the planned cutoff the cycle ends with the minute, and one that began in it goes on', async () => {
  const startsAt = new Date(Date.now() - 3_600_000);
  await configure(startsAt.toISOString());
  expect(await closeOnSchedule(app.db)).toBe(true);
  const [closed] = await cycles();
  expect(closed).toMatchObject({ status: 'CLOSED' });
  expect((closed?.cutoff.getTime() ?? 1) % 60_000).toBe(0);
  await app.db.rows("update ledger.cycles set cutoff = now() + interval '1 day' where status = 'OPEN'");
  const again = await closeOnSchedule(app.db);
  expect((await cycles()).length).toBe(again ? 3 : 2);
});

test('a clock that was set by hand closes nothing by itself', async () => {
  await configure('2026-01-01T00:00:00+08:00');
  await app.graphql(operation('set-clock'), { token: operator, variables: { now: '2026-03-01T00:00:00+08:00' } });
  expect(await closeOnSchedule(app.db)).toBe(false);
  expect(await cycles()).toMatchObject([{ no: 1, status: 'OPEN' }]);
});
