import { stringify } from 'csv-stringify/sync';

/** What a spreadsheet takes for the beginning of a formula, in its wide forms too. */
const FORMULA = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/u;

/** Text that no spreadsheet runs: what would be a formula is led by an apostrophe. Not for figures. */
export const asText = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);

/** Rows as RFC 4180 has them: commas, quotes where they are needed, lines that end with CR and LF. */
export const csvOf = (rows: readonly (readonly string[])[]): string => stringify([...rows], { record_delimiter: '\r\n' });
