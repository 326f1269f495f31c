import type { Input, Member, Nova } from '../support/coalition.ts';

/** A partner that issues a currency of its own, which everybody takes, and leaves as its termination clause says. */
export interface Leaving {
  readonly price: readonly [redemptionElement: number, serviceElement: number];
  readonly issuance?: Input;
  readonly termination: Input;
  readonly clauses?: readonly Input[];
}

interface Milestone {
  readonly step: string;
  readonly dueAt: string;
  readonly doneAt: string | null;
  readonly points: number | null;
  readonly amount: { readonly minor: string } | null;
}

export interface Voucher {
  readonly code: string;
  readonly currency: { readonly code: string };
  readonly points: number;
  readonly amount: { readonly minor: string; readonly currency: string };
  readonly status: string;
}

/** Notice today: earning ends after two days, burning after four, the tail a month later. */
const DAYS = { noticeDays: 1, earnEndDays: 2, burnEndDays: 4, tailMonths: 1 };

const contracts = new Map<string, string>();

export async function joinAndLeave(nova: Nova, code: string, { price, issuance = {}, termination, clauses = [] }: Leaving): Promise<void> {
  await nova.operate('create-partner', { code, name: code, roles: ['ISSUER', 'ACCEPTOR'] });
  await nova.operate('create-point-currency', { code: `${code}PT`, name: `${code} points`, issuer: code, expiry: { never: true } });
  contracts.set(
    code,
    await nova.amend(code, '2026-01-01T00:00:00+08:00', {
      currency: `${code}PT`,
      price,
      issuance,
      clauses: [{ termination: { ...DAYS, ...termination } }, ...clauses],
    }),
  );
}

const contractOf = (code: string): string => {
  const id = contracts.get(code);
  if (id === undefined) throw new Error(`${code} has no contract`);
  return id;
};

export const giveNotice = (nova: Nova, code: string) => nova.operate('give-contract-notice', { contractId: contractOf(code) });

/** What the end of a contract has brought about: points and fen, null while it is not done. */
export async function milestones(nova: Nova, code: string): Promise<Record<string, string>> {
  const { node } = await nova.run<{ node: { milestones: Milestone[] } }>(nova.operator, 'contract-milestones', { id: contractOf(code) });
  return Object.fromEntries(
    node.milestones.map(({ step, doneAt, points, amount }) => {
      const what = [...(points === null ? [] : [`${points} points`]), ...(amount === null ? [] : [`${amount.minor} fen`])];
      return [step, `${doneAt === null ? 'open' : 'done'}${what.length === 0 ? '' : `: ${what.join(', ')}`}`];
    }),
  );
}

/** The money of the book in micros: of a partner, its deposit, a pool, and the operator. */
export async function money(nova: Nova, code: string): Promise<{ partner: number; deposit: number; pool: number }> {
  const rows = await nova.app.db.rows<{ kind: string; available: bigint }>(
    `select a.kind, a.available from ledger.accounts a
     left join partners.partners p on p.id = a.owner left join partners.point_currencies c on c.no = a.topic
     where a.unit = 0 and ((a.kind in ('PARTNER', 'DEPOSIT') and p.code = $1) or (a.kind = 'POOL' and c.code = $1 || 'PT'))`,
    [code],
  );
  const of = (kind: string) => Number(rows.find((row) => row.kind === kind)?.available ?? 0n);
  return { partner: of('PARTNER'), deposit: of('DEPOSIT'), pool: of('POOL') };
}

export async function operatorMicros(nova: Nova): Promise<number> {
  const [row] = await nova.app.db.rows<{ available: bigint }>(
    "select available from ledger.accounts where kind = 'OPERATOR' and topic is null",
  );
  return Number(row?.available ?? 0n);
}

export async function vouchersOf(nova: Nova, member: Member): Promise<Voucher[]> {
  const { me } = await nova.run<{ me: { vouchers: { edges: { node: Voucher }[] } } }>(member.token, 'my-vouchers');
  return me.vouchers.edges.map(({ node }) => node);
}

/** What is off in the ledger. Points that are paid for when they are burned have no pool. */
export async function faults(nova: Nova): Promise<string[]> {
  return (await nova.faults()).filter((fault) => !/ is covered by /.test(fault));
}
