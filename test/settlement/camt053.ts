// Bank statements as a bank writes them.

export interface Booked {
  readonly reference?: string | undefined;
  readonly number?: string;
  readonly amount: string;
  readonly currency?: string;
  readonly direction?: 'CRDT' | 'DBIT';
  readonly status?: string;
  readonly isReversal?: boolean;
  readonly valueDate?: string;
  /** What it was for; several make a batch. */
  readonly details?: readonly Detail[];
}
export interface Detail {
  readonly reference?: string;
  readonly endToEndId?: string;
  readonly amount?: string;
  readonly name?: string;
  readonly iban?: string;
  readonly text?: string;
}

export const OPERATOR_IBAN = 'DE89370400440532013000';

const tag = (name: string, content: string | undefined) => (content === undefined ? '' : `<${name}>${content}</${name}>`);
const party = (version: string, name: string) => (version === '02' ? tag('Nm', name) : tag('Pty', tag('Nm', name)));

function detail(version: string, { direction = 'CRDT', currency = 'CNY' }: Booked, one: Detail): string {
  const other = direction === 'CRDT' ? 'Dbtr' : 'Cdtr';
  const amount = one.amount === undefined ? '' : `<Amt Ccy="${currency}">${one.amount}</Amt>`;
  return tag(
    'TxDtls',
    tag('Refs', tag('AcctSvcrRef', one.reference) + tag('EndToEndId', one.endToEndId)) +
      (version === '02' && amount !== '' ? tag('AmtDtls', tag('TxAmt', amount)) : amount) +
      tag(
        'RltdPties',
        (one.name === undefined ? '' : tag(other, party(version, one.name))) +
          (one.iban === undefined ? '' : tag(`${other}Acct`, tag('Id', tag('IBAN', one.iban)))),
      ) +
      (one.text === undefined ? '' : tag('RmtInf', tag('Ustrd', one.text))),
  );
}

function entry(version: string, booked: Booked): string {
  const {
    reference,
    number,
    amount,
    currency = 'CNY',
    direction = 'CRDT',
    status = 'BOOK',
    valueDate = '2026-01-15',
    details = [],
  } = booked;
  return tag(
    'Ntry',
    tag('NtryRef', number) +
      `<Amt Ccy="${currency}">${amount}</Amt>` +
      tag('CdtDbtInd', direction) +
      (booked.isReversal ? tag('RvslInd', 'true') : '') +
      tag('Sts', version === '02' ? status : tag('Cd', status)) +
      tag('BookgDt', tag('Dt', valueDate)) +
      tag('ValDt', tag('Dt', valueDate)) +
      tag('AcctSvcrRef', reference) +
      (details.length === 0 ? '' : tag('NtryDtls', details.map((one) => detail(version, booked, one)).join(''))),
  );
}

/** A bank statement of an account with these entries. */
export function camt053(entries: readonly Booked[], { version = '08', iban = OPERATOR_IBAN, id = 'ST-1' } = {}): string {
  const statement = tag(
    'Stmt',
    tag('Id', id) + tag('Acct', tag('Id', tag('IBAN', iban))) + entries.map((one) => entry(version, one)).join(''),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.${version}">${tag('BkToCstmrStmt', tag('GrpHdr', tag('MsgId', 'M-1')) + statement)}</Document>`;
}
