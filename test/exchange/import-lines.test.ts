import { type Delimiter, type Format, readPurchases } from '../../src/exchange/import/purchase-line.ts';

const FORMAT: Format = {
  columns: ['member', 'date', 'quantity', 'amount'],
  delimiter: 'whitespace',
  timeZone: 'Asia/Shanghai',
  currency: 'CNY',
};

async function* inChunks(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

/** What each line says: member, instant and minor units, or the field that is wrong. */
async function read(text: string, format: Partial<Format> = {}, chunk = text.length): Promise<[number, ...unknown[]][]> {
  const answers: [number, ...unknown[]][] = [];
  for await (const lines of readPurchases(inChunks(text, Math.max(chunk, 1)), { ...FORMAT, ...format })) {
    for (const { no, purchase } of lines) {
      if ('refused' in purchase) answers.push([no, purchase.refused.field?.[0]]);
      else answers.push([no, purchase.done.member, purchase.done.occurredAt.toISOString(), purchase.done.amountMinor]);
    }
  }
  return answers;
}

async function reasons(text: string, format: Partial<Format> = {}): Promise<string[]> {
  const found: string[] = [];
  for await (const lines of readPurchases(inChunks(text, 7), { ...FORMAT, ...format })) {
    for (const { no, purchase } of lines) if ('refused' in purchase) found.push(`${no}: ${purchase.refused.message}`);
  }
  return found;
}

const TWO = [
  [1, '00001', '1996-12-31T16:00:00.000Z', 1177n],
  [2, '00002', '1997-01-11T16:00:00.000Z', 7700n],
];

test.each<[Delimiter, string]>([
  ['whitespace', ' 00001 19970101  1   11.77\n\t00002\t19970112  5   77.00 \n'],
  [',', '00001,1997-01-01,1,11.77\n 00002 , 19970112,5, 77\n'],
  [';', '00001;19970101;1;11.77\n"00002";1997-01-12;"5";77.0\n'],
  ['tab', '00001\t19970101\t1\t11.77\n00002\t19970112\t5\t77.000\n'],
])('fields separated by %s are read', async (delimiter, text) => {
  expect(await read(text, { delimiter })).toEqual(TWO);
});

test.each([1, 2, 3, 5, 26, 27, 28, 1000])(
  'lines ended by LF, CRLF or CR, with a byte order mark, are read in chunks of %i characters',
  async (size) => {
    const [a, b] = [' 00001 19970101  1   11.77', ' 00002 19970112  5   77.00'];
    for (const text of [`${a}\n${b}\n`, `${a}\n${b}`, `\uFEFF${a}\r\n${b}\r\n`, `\uFEFF${a}\r${b}\r`, `${a}\r\n${b}`]) {
      expect(await read(text, {}, size)).toEqual(TWO);
    }
  },
);

test('blank lines and lines without any value are left out, and still counted', async () => {
  expect(await read('\n \r\nann 19970101 1 5\n\t\n\nben 19970101 1 5\n')).toEqual([
    [3, 'ann', '1996-12-31T16:00:00.000Z', 500n],
    [6, 'ben', '1996-12-31T16:00:00.000Z', 500n],
  ]);
  expect(await read(',,,\nann,19970101,1,5\n , ,,\n', { delimiter: ',' })).toHaveLength(1);
  expect(await read('')).toEqual([]);
  expect(await read('\uFEFF')).toEqual([]);
});

test('a bad line is told by its number and reason', async () => {
  const text = [
    'member date quantity amount',
    'ann 19970230 1 5.00',
    'ann 19970101 one 5.00',
    'ann 19970101 1 5,00',
    'ann 19970101 1 5.001',
    'ann 19970101 1 -5.00',
    'ann 19970101 1',
    'ann 19970101 1 5.00 more',
    'a\u0000n 19970101 1 5.00',
    'ann 00000101 1 5.00',
    'ann 19970101 -1 5.00',
    `${'n'.repeat(201)} 19970101 1 5.00`,
    `${'n'.repeat(20_000)} 19970101 1 5.00`,
    'ann 19970101 1 5.00',
  ].join('\n');
  expect(await reasons(text)).toEqual([
    '1: "date" is not a day such as 19970131 or 1997-01-31',
    '2: "19970230" is not a day such as 19970131 or 1997-01-31',
    '3: "one" is not a whole number',
    '4: "5,00" is not an amount of CNY with up to 2 decimals',
    '5: "5.001" is not an amount of CNY with up to 2 decimals',
    '6: "-5.00" is not an amount of CNY with up to 2 decimals',
    '7: it has 3 fields, not 4',
    '8: it has 5 fields, not 4',
    '9: it has control characters',
    '10: "00000101" is not a day such as 19970131 or 1997-01-31',
    '11: "-1" is not a whole number',
    '12: the member is missing or has more than 200 characters',
    '13: it has 10000 characters or more',
  ]);
});

test('a line without its line break is not read into memory as a whole', async () => {
  expect(await reasons(`${'x'.repeat(1_000_000)}\nann 19970101 1 5.00\n`)).toEqual(['1: it has 10000 characters or more']);
});

test('quotes hold a delimiter; a stray one spoils no other line', async () => {
  const comma = { delimiter: ',' } as const;
  expect(await read('"Lee, Ann",19970101,1,5\n"Lee ""Al"" Ben",19970101,1,5\n', comma)).toEqual([
    [1, 'Lee, Ann', '1996-12-31T16:00:00.000Z', 500n],
    [2, 'Lee "Al" Ben', '1996-12-31T16:00:00.000Z', 500n],
  ]);
  expect(await read('"ann,19970101,1,5\nben,19970101,1,5\n"ann"x,19970101,1,5\n', comma)).toEqual([
    [1, 'line'],
    [2, 'ben', '1996-12-31T16:00:00.000Z', 500n],
    [3, 'line'],
  ]);
});

test('a day begins in the program’s time zone; an instant says its own offset; amounts have the decimals of their currency', async () => {
  const columns = ['date', '-', 'member', 'amount'] as const;
  const text =
    '2026-03-08 x ann 5\n2026-03-08T23:30:00-05:00 x ann 5\n2026-03-08T23:30:00.25Z x ann 5\n2026-03-08T23:30:00 x ann 5\n2026-13-08 x ann 5\n';
  expect(await read(text, { columns, timeZone: 'America/New_York', currency: 'JPY' })).toEqual([
    [1, 'ann', '2026-03-08T05:00:00.000Z', 5n],
    [2, 'ann', '2026-03-09T04:30:00.000Z', 5n],
    [3, 'ann', '2026-03-08T23:30:00.250Z', 5n],
    [4, 'date'],
    [5, 'date'],
  ]);
  expect(await reasons('2026-03-08 x ann 5.5\n', { columns, currency: 'JPY' })).toEqual([
    '1: "5.5" is not an amount of JPY with up to 0 decimals',
  ]);
});

test('lines that say something else never have the same content, however their blanks fall', async () => {
  const contents = new Set<string>();
  const text = 'a b;19970101;1;5;c\na;19970101;1;5;b c\na;19970101;1;5;b  c\na;19970101;1;5;\na;19970101;1;5;b\na;19970101;1;5; b \n';
  for await (const lines of readPurchases(inChunks(text, 9), {
    ...FORMAT,
    delimiter: ';',
    columns: ['member', 'date', 'quantity', 'amount', '-'],
  })) {
    for (const { purchase } of lines) if ('done' in purchase) contents.add(purchase.done.content);
  }
  expect(contents.size).toBe(5);
  expect([...contents].every((content) => content.length <= 180)).toBe(true);
});
