import fc from 'fast-check';
import { type Nova, refusal } from '../support/coalition.ts';
import { type Disputes, disputesOf, fen, type Step, startDisputing, trade } from './disputes-api.ts';
import { settlementOf } from './settlement-api.ts';

let nova: Nova;
let api: Disputes;
let cycle: string;
beforeAll(async () => {
  nova = await startDisputing();
  api = disputesOf(nova);
  await trade(nova);
  cycle = await api.advise();
});
afterAll(() => nova.stop());

/** What a dispute is, as the handbook says: where it stands, at which stage, about how much, and what was accepted. */
interface Modelled {
  readonly id: string;
  readonly line: string;
  readonly partner: string;
  readonly about: number;
  state: string;
  stage: number;
  accepted: number;
}

const IS_OPEN = /^(OPENED|UNDER_REVIEW|EVIDENCE_REQUESTED|EVIDENCE_PROVIDED)$/;

const covers = ({ state, stage, about, accepted }: Modelled): number =>
  IS_OPEN.test(state) || (state === 'REJECTED' && stage === 3) ? about : accepted;

/** Where a step leads from each state; what is not here leads nowhere. */
const MAP: Readonly<Record<Exclude<Step, 'resolve'>, Readonly<Record<string, string>>>> = {
  review: { OPENED: 'UNDER_REVIEW' },
  ask: { UNDER_REVIEW: 'EVIDENCE_REQUESTED', EVIDENCE_PROVIDED: 'EVIDENCE_REQUESTED' },
  show: { EVIDENCE_REQUESTED: 'EVIDENCE_PROVIDED' },
  escalate: { REJECTED: 'UNDER_REVIEW' },
  withdraw: { OPENED: 'WITHDRAWN', UNDER_REVIEW: 'WITHDRAWN', EVIDENCE_REQUESTED: 'WITHDRAWN', EVIDENCE_PROVIDED: 'WITHDRAWN' },
};
const BY_OPERATOR: ReadonlySet<string> = new Set(['review', 'ask', 'resolve']);

type Move =
  | { readonly kind: 'open'; readonly line: number; readonly about: number }
  | { readonly kind: 'step'; readonly step: Step; readonly which: number; readonly permille: number };

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('open' as const), line: fc.nat(2), about: fc.integer({ min: 1, max: 1600 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('step' as const),
      step: fc.constantFrom<Step[]>('review', 'ask', 'show', 'resolve', 'resolve', 'escalate', 'withdraw'),
      which: fc.nat(5),
      permille: fc.constantFrom(0, 0, 300, 1000),
    }),
  },
);

test('disputes of three lines, in whatever order things are done: they stand where the handbook says, and what is accepted is adjusted once', async () => {
  const lines = [
    { partner: 'BOOKS', ...(await api.lineOf('BOOKS', cycle, 'FUNDING')) },
    { partner: 'AERO', ...(await api.lineOf('AERO', cycle, 'FUNDING')) },
    { partner: 'AERO', ...(await api.lineOf('AERO', cycle, 'REVENUE_SHARE')) },
  ];
  const model: Modelled[] = [];
  const sizeOf = (line: string) => Math.abs(Number(lines.find(({ id }) => id === line)?.amount.minor));
  const coveredOf = (line: string, except?: Modelled) =>
    model.reduce((sum, one) => sum + (one.line === line && one !== except ? covers(one) : 0), 0);

  async function openOne({ line: at, about }: Extract<Move, { kind: 'open' }>): Promise<void> {
    const { id: line, partner } = lines[at] ?? { id: '', partner: '' };
    const answer = await api.open(partner, { statementLineId: line, disputedAmount: fen(about) });
    const isFull = model.filter((one) => one.line === line).length >= 50;
    const expected = isFull ? 'CAP_EXCEEDED' : coveredOf(line) + about > sizeOf(line) ? 'VALIDATION' : undefined;
    expect(refusal(answer)).toBe(expected);
    if (answer.dispute !== null) model.push({ id: answer.dispute.id, line, partner, about, state: 'OPENED', stage: 1, accepted: 0 });
  }

  async function stepOne({ step, which, permille }: Extract<Move, { kind: 'step' }>): Promise<void> {
    const one = model.at(-1 - which);
    if (one === undefined) return;
    const accepted = Math.floor((one.about * permille) / 1000);
    const answer = await api.take(BY_OPERATOR.has(step) ? 'OPERATOR' : one.partner, step, one.id, {
      ...(step === 'resolve' ? { acceptedAmount: fen(accepted) } : {}),
    });
    let next: string | undefined;
    if (step !== 'resolve') next = MAP[step][one.state];
    else if (IS_OPEN.test(one.state)) next = accepted === 0 ? 'REJECTED' : accepted === one.about ? 'ACCEPTED' : 'PARTIALLY_ACCEPTED';
    if (step === 'escalate' && one.stage === 3) next = undefined;
    if (next !== undefined && step === 'escalate' && coveredOf(one.line, one) + one.about > sizeOf(one.line)) {
      expect(refusal(answer)).toBe('VALIDATION');
      return;
    }
    expect([step, one.state, refusal(answer)]).toEqual([step, one.state, next === undefined ? 'DISPUTE_RESOLVED' : undefined]);
    if (next === undefined) return;
    if (step === 'escalate') one.stage += 1;
    if (step === 'resolve') one.accepted = accepted;
    one.state = next;
    expect(answer.dispute).toMatchObject({ status: one.state, stage: one.stage });
  }

  async function compare(): Promise<void> {
    const stored = await nova.app.db.rows<{ id: string; sum: bigint }>(
      "select 'lin_' || replace(share_id::text, '-', '') as id, sum(minor)::bigint as sum from settlement.adjustments group by share_id",
    );
    for (const { id } of lines) {
      const accepted = model.reduce((sum, one) => sum + (one.line === id ? one.accepted : 0), 0);
      expect(Number(stored.find((row) => row.id === id)?.sum ?? 0n)).toBe(accepted);
      expect(coveredOf(id)).toBeLessThanOrEqual(sizeOf(id));
    }
    for (const partner of ['BOOKS', 'AERO']) {
      const open = model.filter((one) => one.partner === partner && IS_OPEN.test(one.state));
      expect(await api.statementOf(partner, cycle)).toMatchObject({
        status: open.length === 0 ? 'ISSUED' : 'DISPUTED',
        openDisputes: open.length,
        disputedAmount: fen(open.reduce((sum, { about }) => sum + about, 0)),
      });
    }
    const acceptedOf = (...which: number[]) =>
      model.reduce((sum, one) => sum + (which.some((at) => lines[at]?.id === one.line) ? one.accepted : 0), 0);
    expect(await settlementOf(nova).positions()).toMatchObject({
      BOOKS: acceptedOf(0),
      AERO: acceptedOf(1, 2),
      DEPOT: acceptedOf(2) === 0 ? 0 : -acceptedOf(2),
      OPERATOR: acceptedOf(0, 1) === 0 ? 0 : -acceptedOf(0, 1),
    });
  }

  await fc.assert(
    fc.asyncProperty(fc.array(move, { minLength: 10, maxLength: 40 }), async (moves) => {
      for (const one of moves) await (one.kind === 'open' ? openOne(one) : stepOne(one));
      await compare();
    }),
    { numRuns: 12, endOnFailure: true },
  );
  const states = new Set(model.map(({ state }) => state));
  expect(states.size).toBeGreaterThan(3);
  expect(await nova.faults()).toEqual([]);
}, 120_000);
