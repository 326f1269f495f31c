import { createHash } from 'node:crypto';
import { create } from 'xmlbuilder2';
import { toPublicId } from '../../kernel/ids.ts';
import type { Coalition } from '../../partners/coalition.ts';
import type { BankAccount } from '../../partners/partner.ts';
import type { Cycle } from '../cycles/cycle.ts';
import { decimalOfMinor } from './decimals.rules.ts';
import type { DuePayment, DuePayments } from './payments-due.rules.ts';

const NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:pain.001.001.09';
const LONGEST_NAME = 140;

/** What XML cannot hold; nothing else of a name is changed, whatever its script. */
const REPLACEMENT = { invalidCharReplacement: ' ' };

/**
 * The operator's payments as an ISO 20022 customer credit transfer, pain.001.001.09. Everything in it follows from what is stored, so the same
 * payments give the same document: a bank that has it knows it by its id. Once some were paid, the rest has an id of its own.
 */
export function pain001(coalition: Coalition, cycle: Cycle, { from, payments }: DuePayments): string {
  const currency = coalition.program.settlementCurrency;
  const messageId = messageIdOf(cycle, payments);
  const totals = (some: readonly DuePayment[]) => ({
    NbOfTxs: some.length,
    CtrlSum: decimalOfMinor(
      some.reduce((sum, { minor }) => sum + minor, 0n),
      currency,
    ),
  });
  const days = [...Map.groupBy(payments, ({ day }) => day)];
  const document = {
    Document: {
      '@xmlns': NAMESPACE,
      CstmrCdtTrfInitn: {
        GrpHdr: {
          MsgId: messageId,
          CreDtTm: (cycle.closedAt ?? cycle.cutoff).toISOString(),
          ...totals(payments),
          InitgPty: { Nm: nameOf(coalition.program.name) },
        },
        PmtInf: days.map(([day, some], at) => ({
          PmtInfId: `${messageId}-${at + 1}`,
          PmtMtd: 'TRF',
          ...totals(some),
          ReqdExctnDt: { Dt: day },
          Dbtr: { Nm: nameOf(from.holder) },
          DbtrAcct: { Id: { IBAN: from.iban }, Ccy: currency },
          DbtrAgt: agentOf(from),
          CdtTrfTxInf: some.map((payment) => transferOf(payment, cycle, currency)),
        })),
      },
    },
  };
  return `${create({ version: '1.0', encoding: 'UTF-8', ...REPLACEMENT }, document).end({ prettyPrint: true })}\n`;
}

function transferOf({ instruction, account, minor }: DuePayment, cycle: Cycle, currency: string): object {
  const statement = instruction.statementId === null ? '' : `, statement ${toPublicId('Statement', instruction.statementId)}`;
  return {
    PmtId: { EndToEndId: instruction.id.replaceAll('-', '') },
    Amt: { InstdAmt: { '@Ccy': currency, '#': decimalOfMinor(minor, currency) } },
    CdtrAgt: agentOf(account),
    Cdtr: { Nm: nameOf(account.holder) },
    CdtrAcct: { Id: { IBAN: account.iban } },
    RmtInf: { Ustrd: `Settlement of cycle ${cycle.no}${statement}` },
  };
}

const agentOf = ({ bic }: BankAccount): object => ({ FinInstnId: bic === undefined ? { Othr: { Id: 'NOTPROVIDED' } } : { BICFI: bic } });

/** At most 140 characters, none of them cut in two. */
const nameOf = (name: string): string => [...name].slice(0, LONGEST_NAME).join('');

/** At most 33 characters, with room for the number of a part: the same for the same payments of a cycle. */
function messageIdOf(cycle: Cycle, payments: readonly DuePayment[]): string {
  const said = [cycle.id, ...payments.map(({ instruction, minor }) => `${instruction.id} ${minor}`)];
  return `CYCLE-${cycle.no}-${createHash('sha256').update(said.join('\n')).digest('hex').slice(0, 16)}`;
}
