import type { Clause } from './clause.ts';
import { CLAUSE_KINDS } from './clauses/clause-kinds.ts';
import { definitionOf, storeClause } from './clauses/store-clauses.ts';
import type { ContractVersion } from './contract.rules.ts';

export const CHANGE_KINDS = ['ADDED', 'REMOVED', 'CHANGED'] as const;

/** One difference between two versions. */
export interface ContractChange {
  readonly kind: (typeof CHANGE_KINDS)[number];
  /** Kind of the clause and what it is for; undefined for what stands above all clauses. */
  readonly clause: string | undefined;
  readonly field: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** All differences: first dates, type and term, then the clauses in the order of their kinds, each field in the order of its kind. */
export function changesBetween(before: ContractVersion | undefined, after: ContractVersion): ContractChange[] {
  return [
    ...fieldChanges(undefined, before && fieldsOf(headOf(before)), fieldsOf(headOf(after))),
    ...CLAUSE_KINDS.flatMap(({ kind }) => clauseChanges(ofKind(before?.clauses ?? [], kind), ofKind(after.clauses, kind))),
  ];
}

/** The end is the version's own: that a later one takes its place changes nothing in what it says. */
function headOf({ effectiveFrom, agreedUntil, type, termMonths }: ContractVersion): object {
  return { effectiveFrom: effectiveFrom.toISOString(), effectiveUntil: agreedUntil?.toISOString(), type, termMonths };
}

function ofKind(clauses: readonly Clause[], kind: string): Clause[] {
  return clauses.filter((clause) => clause.kind === kind);
}

/** Clauses that share something they are for are the same one, changed. */
function clauseChanges(before: readonly Clause[], after: readonly Clause[]): ContractChange[] {
  const gone = [...before];
  const pairs = after.map((clause) => {
    const names = new Set(namesOf(clause));
    const at = gone.findIndex((one) => namesOf(one).some((name) => names.has(name)));
    return { old: at < 0 ? undefined : gone.splice(at, 1)[0], clause };
  });
  return [...gone.map((old) => ({ old, clause: undefined })), ...pairs]
    .map((pair) => ({ ...pair, title: titleOf(pair.clause ?? pair.old) }))
    .sort((a, b) => (a.title < b.title ? -1 : a.title > b.title ? 1 : 0))
    .flatMap(({ old, clause, title }) => fieldChanges(title, old && fieldsOf(parametersOf(old)), clause && fieldsOf(parametersOf(clause))));
}

function namesOf(clause: Clause): readonly string[] {
  return definitionOf(clause.kind).uniqueBy(clause);
}

function titleOf(clause: Clause | undefined): string {
  if (clause === undefined) return '';
  const names = namesOf(clause).filter((name) => name.replaceAll(' ', '').toLowerCase() !== clause.kind.toLowerCase());
  return [clause.kind, names.join(', ')].filter((part) => part !== '').join(' ');
}

function parametersOf(clause: Clause): object {
  const { kind, ...parameters } = storeClause(clause);
  return parameters;
}

type Fields = ReadonlyMap<string, string>;

function fieldChanges(clause: string | undefined, before: Fields | undefined, after: Fields | undefined): ContractChange[] {
  const kind = before === undefined ? 'ADDED' : after === undefined ? 'REMOVED' : 'CHANGED';
  const names = new Set([...(after?.keys() ?? []), ...(before?.keys() ?? [])]);
  return [...names]
    .map((field) => ({ kind, clause, field, before: before?.get(field), after: after?.get(field) }) satisfies ContractChange)
    .filter((change) => change.before !== change.after);
}

/** Every value by its path, such as `rate.numerator`. Lists are one value. */
function fieldsOf(value: object, path = ''): Fields {
  const entries = Object.entries(value).flatMap(([name, part]): [string, string][] => {
    if (part === undefined || part === null) return [];
    const place = `${path}${name}`;
    if (typeof part === 'object' && !Array.isArray(part)) return [...fieldsOf(part, `${place}.`)];
    return [[place, sayValue(part)]];
  });
  return new Map(entries);
}

function sayValue(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(', ');
  return JSON.stringify(value);
}
