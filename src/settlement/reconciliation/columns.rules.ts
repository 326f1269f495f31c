import { done, invalid, type Outcome } from '../../kernel/refusal.ts';

/** What a row of a file is read for. */
export const FIELDS = ['kind', 'key', 'occurredAt', 'member', 'amount', 'currency'] as const;
export type Field = (typeof FIELDS)[number];

/** Headers by hand: the name of the column for each field. */
export type NamedColumns = Readonly<Partial<Record<Field, string>>>;

const NAMES: Readonly<Record<Field, readonly string[]>> = {
  kind: ['kind', 'type', 'transactiontype', 'movement', '类型'],
  key: [
    'key',
    'externalid',
    'id',
    'reference',
    'ref',
    'transactionid',
    'orderid',
    'orderexternalid',
    'receipt',
    'receiptno',
    '单号',
    '订单号',
  ],
  occurredAt: ['occurredat', 'date', 'datetime', 'timestamp', 'day', 'transactiondate', '日期', '时间'],
  member: ['member', 'memberid', 'card', 'cardnumber', 'cardno', 'customer', 'customerid', '会员', '卡号'],
  amount: ['points', 'amount', 'quantity', 'value', 'netminor', '积分'],
  currency: ['currency', 'pointcurrency', 'unit', '币种'],
};
const FIELD_OF = new Map(FIELDS.flatMap((field) => NAMES[field].map((name) => [name, field] as const)));
const NEEDED: readonly Field[] = ['key', 'occurredAt', 'amount'];

/** A header without what people vary: case, spaces, separators. */
const plain = (header: string): string => header.toLowerCase().replace(/[\s_\-./()#:]+/g, '');

/** What each column of a file holds, by its header; undefined for one that is not read. */
export function mapColumns(headers: readonly string[], named: NamedColumns = {}): Outcome<readonly (Field | undefined)[]> {
  const taken = new Map(Object.entries(named).map(([field, header]) => [plain(header), field as Field]));
  const fields = headers.map((header) => {
    const byHand = taken.get(plain(header));
    if (byHand !== undefined) return byHand;
    const known = FIELD_OF.get(plain(header));
    return known === undefined || named[known] !== undefined ? undefined : known;
  });
  for (const field of FIELDS) {
    const columns = headers.filter((_, at) => fields[at] === field);
    if (columns.length > 1)
      return invalid('columns', `The columns ${columns.join(' and ')} can both be the ${field}: name the one to read in \`columns\`.`);
    if (columns.length === 0 && (NEEDED.includes(field) || named[field] !== undefined))
      return invalid('columns', `No column holds the ${field}; there are: ${headers.join(', ').slice(0, 500)}. Name it in \`columns\`.`);
  }
  return done(fields);
}
