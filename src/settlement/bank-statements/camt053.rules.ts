import { currencyDigits, minorPerUnit } from '../../kernel/money.ts';
import { done, invalid, type Outcome } from '../../kernel/refusal.ts';
import type { BankMovement, IgnoredEntry, IgnoredReason } from './bank-entry.ts';
import { all, namespacesOf, readXml, text, type Xml } from './xml.rules.ts';

/** What a bank statement says: movements that count, and entries that do not. */
export interface ReadStatement {
  readonly movements: readonly BankMovement[];
  readonly ignored: readonly IgnoredEntry[];
}

const NAMESPACE = /^urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.(?:02|08)$/;
const MAX_ENTRIES = 5_000;

/** Reads a camt.053 bank statement, version 2 or 8, for a program that settles in a currency. */
export function readCamt053(content: string, currency: string): Outcome<ReadStatement> {
  const read = readXml(content);
  if ('problem' in read) return invalid('content', `The bank statement is not read. ${read.problem}`);
  const [document] = all(read.xml, 'Document');
  if (!namespacesOf(document).some((one) => NAMESPACE.test(one)))
    return invalid('content', 'This is no bank statement: camt.053.001.02 and camt.053.001.08 are read.');
  const statements = all(document, 'BkToCstmrStmt', 'Stmt');
  if (statements.length === 0) return invalid('content', 'The document has no statement, BkToCstmrStmt/Stmt.');
  const found = statements.flatMap((statement) => movementsOf(statement, currency));
  if (found.length > MAX_ENTRIES) return invalid('content', `The bank statement has more than ${MAX_ENTRIES} entries: send it in parts.`);
  return done({
    movements: found.flatMap((one) => ('reason' in one ? [] : [one])),
    ignored: found.flatMap((one) => ('reason' in one ? [one] : [])),
  });
}

function movementsOf(statement: Xml, currency: string): (BankMovement | IgnoredEntry)[] {
  const account = text(statement, 'Acct', 'Id', 'IBAN') ?? text(statement, 'Acct', 'Id', 'Othr', 'Id') ?? '';
  const place = { account: account.replace(/\s/g, '').toUpperCase(), statementId: text(statement, 'Id') ?? '' };
  return all(statement, 'Ntry').flatMap((entry) => {
    const details = all(entry, 'NtryDtls', 'TxDtls');
    const parts = details.length === 0 ? [undefined] : details;
    const references = parts.map((part) => text(part, 'Refs', 'AcctSvcrRef'));
    const areTheirOwn = new Set(references).size === parts.length;
    return parts.map((part, at) => {
      const whole = text(entry, 'AcctSvcrRef') ?? numbered(place.statementId, text(entry, 'NtryRef'));
      const shared = parts.length === 1 || whole === undefined ? whole : `${whole}/${at + 1}`;
      const own = areTheirOwn ? references[at] : undefined;
      return movementOf(place.account, own ?? shared, entry, part, parts.length === 1, currency);
    });
  });
}

/** A bank counts entries anew in each statement: only together with that of the statement their number says which one it is. */
const numbered = (statementId: string, entry: string | undefined) =>
  entry === undefined || statementId === '' ? undefined : `${statementId}/${entry}`;

function movementOf(
  account: string,
  bankReference: string | undefined,
  entry: Xml,
  part: Xml | undefined,
  isOnly: boolean,
  currency: string,
): BankMovement | IgnoredEntry {
  const amounts = [...all(part, 'Amt'), ...all(part, 'AmtDtls', 'TxAmt', 'Amt'), ...(isOnly ? all(entry, 'Amt') : [])];
  const [amount] = amounts;
  const said = [text(amount), text(amount, '@Ccy')].filter((one) => one !== undefined).join(' ');
  const ignored = (reason: IgnoredReason): IgnoredEntry => ({ bankReference: cut(bankReference), amount: cut(said), reason });
  if ((text(entry, 'Sts', 'Cd') ?? text(entry, 'Sts')) !== 'BOOK') return ignored('NOT_BOOKED');
  if (text(entry, 'RvslInd') === 'true' || text(entry, 'RvslInd') === '1') return ignored('REVERSED');
  if (text(amount, '@Ccy') !== currency) return ignored(amount === undefined ? 'INCOMPLETE' : 'WRONG_CURRENCY');
  const direction = { CRDT: 'CREDIT', DBIT: 'DEBIT' }[
    text(part, 'CdtDbtInd') ?? text(entry, 'CdtDbtInd') ?? ''
  ] as BankMovement['direction'];
  const amountMinor = minorOf(text(amount) ?? '', currency);
  const valueDate = dayIn(entry, 'ValDt') ?? dayIn(entry, 'BookgDt');
  if (!direction || !amountMinor || valueDate === undefined || account === '' || !REFERENCE.test(bankReference ?? ''))
    return ignored('INCOMPLETE');
  const other = direction === 'CREDIT' ? 'Dbtr' : 'Cdtr';
  return {
    ...{ account: account.slice(0, MAX_TEXT), bankReference: bankReference ?? '', direction, amountMinor, valueDate },
    endToEndId: cut(text(part, 'Refs', 'EndToEndId')),
    counterpartyName: cut(text(part, 'RltdPties', other, 'Nm') ?? text(part, 'RltdPties', other, 'Pty', 'Nm')),
    counterpartyIban: cut(text(part, 'RltdPties', `${other}Acct`, 'Id', 'IBAN')?.replace(/\s/g, '').toUpperCase()),
    remittance: cut(remittanceOf(part)),
  };
}

const REFERENCE = /^[\x20-\x7e]{1,140}$/;
const MAX_TEXT = 1_000;

/** A text as it can be kept: not too long, and without characters that no text has, or halves of one. */
function cut(value: string | undefined): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: PostgreSQL keeps no NUL, and nobody reads the others.
  const readable = value?.replace(/[\x00-\x1f]+/g, ' ');
  return readable?.slice(0, MAX_TEXT).toWellFormed() ?? null;
}

function remittanceOf(part: Xml | undefined): string | undefined {
  const texts = [...all(part, 'RmtInf', 'Ustrd'), ...all(part, 'RmtInf', 'Strd', 'CdtrRefInf', 'Ref')].map((one) => text(one) ?? '');
  return texts.length === 0 ? undefined : texts.join(' ');
}

const DAY = /^(\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]))(T|Z|[+-]|$)/;

function dayIn(entry: Xml, name: string): string | undefined {
  const day = DAY.exec(text(entry, name, 'Dt') ?? text(entry, name, 'DtTm') ?? '')?.[1];
  return day !== undefined && new Date(`${day}T00:00:00Z`).toISOString().startsWith(day) ? day : undefined;
}

const AMOUNT = /^(\d{1,13})(?:\.(\d{1,5}))?$/;

/** A decimal amount in minor units; undefined when it is no amount of the currency. */
function minorOf(amount: string, currency: string): bigint | undefined {
  const [, units, decimals = ''] = AMOUNT.exec(amount) ?? [];
  if (units === undefined) return undefined;
  const micro = BigInt(units) * 10n ** 5n + BigInt(decimals.padEnd(5, '0'));
  const scale = 10n ** 5n / minorPerUnit(currency);
  return micro % scale === 0n ? micro / scale : undefined;
}

/** An amount in minor units as a bank statement says it, with its currency. */
export function saidOf(minor: bigint, currency: string): string {
  const digits = currencyDigits(currency);
  const text = String(minor).padStart(digits + 1, '0');
  return `${digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`} ${currency}`;
}
