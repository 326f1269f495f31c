import { ApolloArmor } from '@escape.tech/graphql-armor';
import {
  BREAK,
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isObjectType,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
  visit,
} from 'graphql';
import { type ComplexityEstimatorArgs, getComplexity } from 'graphql-query-complexity';
import { limitExceeded } from './present-errors.ts';

/** What one request may ask for. Generous for the dashboards of a partner, closed to a flood. */
export const LIMITS = {
  /** A thousand accruals as variables. */
  bodyBytes: 2 * 1024 * 1024,
  documentCharacters: 100_000,
  tokens: 2_000,
  /** Fields and fragments below one another. */
  depth: 18,
  aliases: 30,
  directives: 50,
  /** How often one selection may name the same field. */
  repeats: 10,
  /** Objects that an answer may hold at worst; enough to ask everything of a batch of a thousand accruals. */
  cost: 150_000,
  /** Lists and objects within one another in a variable. */
  variableDepth: 32,
  /** Errors named in one answer about a document. */
  errors: 5,
  /** Operations at a time on one socket. */
  operationsPerSocket: 200,
} as const;

const PAGE_SIZE_NOT_GIVEN = 20;
const LENGTH_OF_PLAIN_LIST = 5;

interface ArmorSettings {
  propagateOnRejection: false;
  onReject: ((context: ValidationContext | null, error: GraphQLError) => void)[];
}

/** Reports instead of throwing, so that the answer is an error of the document. */
const reporting: ArmorSettings = {
  propagateOnRejection: false,
  onReject: [(context, error) => context?.reportError(limitExceeded(error.message.replace('Syntax Error: ', '')))],
};

const off = { enabled: false };

/** Rules that every document passes besides those of the GraphQL specification. */
export function limitRules({ introspection }: { introspection: boolean }): ValidationRule[] {
  const armor = new ApolloArmor({
    maxDepth: { n: LIMITS.depth, ...reporting },
    maxAliases: { n: LIMITS.aliases, ...reporting },
    maxDirectives: { n: LIMITS.directives, ...reporting },
    blockFieldSuggestion: off,
    costLimit: off,
    maxTokens: off,
  });
  const rules = [...armor.protect().validationRules, limitRepeats];
  return introspection ? rules : [...rules, refuseIntrospection];
}

/** The same field named again and again costs work for every mention and answers nothing new. */
const limitRepeats: ValidationRule = (context) => ({
  SelectionSet(selectionSet) {
    const worst = Math.max(0, ...countNames(selectionSet).values());
    if (worst > LIMITS.repeats)
      context.reportError(limitExceeded(`A selection may name the same field ${LIMITS.repeats} times, not ${worst}.`));
  },
});

function countNames(selectionSet: SelectionSetNode): Map<string, number> {
  const counts = new Map<string, number>();
  for (const selection of selectionSet.selections) {
    if (selection.kind !== 'Field') continue;
    const name = selection.alias?.value ?? selection.name.value;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

const refuseIntrospection: ValidationRule = (context) => ({
  Field(field) {
    if (field.name.value === '__schema' || field.name.value === '__type')
      context.reportError(limitExceeded('The schema may not be asked for here.'));
  },
});

/** Thrown when the answer to an operation could hold too many objects. */
export function checkCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | undefined,
  variables: Record<string, unknown>,
): void {
  const cost = costOf(schema, document, operationName, variables);
  if (cost > LIMITS.cost) throw limitExceeded(`The answer could hold ${cost} objects; ${LIMITS.cost} are allowed. Ask for smaller pages.`);
}

/** Costs that no variable can change, so that a document in daily use is counted once. */
const constantCosts = new WeakMap<DocumentNode, Map<string, number>>();

function costOf(schema: GraphQLSchema, query: DocumentNode, operationName: string | undefined, variables: Record<string, unknown>): number {
  const name = operationName ?? '';
  const known = constantCosts.get(query)?.get(name);
  if (known !== undefined) return known;
  try {
    const cost = getComplexity({
      schema,
      query,
      variables,
      ...(operationName !== undefined && { operationName }),
      estimators: [countObjects],
    });
    if (!dependsOnVariables(query)) constantCosts.set(query, (constantCosts.get(query) ?? new Map()).set(name, cost));
    return cost;
  } catch {
    return 0; // variables that do not fit are reported by the execution, in its own words
  }
}

const COUNTED_ARGUMENTS = ['first', 'last', 'inputs', 'if'];

/** Whether a variable says how long a list is, or whether a part is asked for at all. */
function dependsOnVariables(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Argument({ name, value }) {
      if (COUNTED_ARGUMENTS.includes(name.value) && value.kind === Kind.VARIABLE) found = true;
      return found ? BREAK : undefined;
    },
  });
  return found;
}

/** An object counts 1, a list as often as it may be long, by its arguments or as its `length` says; a field whose `work` says so, also what is read for it, however little is asked. */
function countObjects({ field, type, args, childComplexity }: ComplexityEstimatorArgs): number {
  if (!isCompositeType(getNamedType(field.type))) return 0;
  const { work } = field.extensions;
  // What a connection holds is counted at its edges.
  const item = isListType(getNullableType(field.type)) && hasLength(field) ? 1 : 0;
  return 1 + (typeof work === 'number' ? work : 0) + lengthOf(field, type, args) * (item + childComplexity);
}

const hasLength = (field: ComplexityEstimatorArgs['field']): boolean => field.args.some(({ name }) => name === 'first');

function lengthOf(
  field: ComplexityEstimatorArgs['field'],
  parent: ComplexityEstimatorArgs['type'],
  args: ComplexityEstimatorArgs['args'],
): number {
  const asked: unknown = args.first ?? args.last;
  if (typeof asked === 'number') return Math.max(1, asked);
  if (hasLength(field)) return PAGE_SIZE_NOT_GIVEN;
  const inputs: unknown = args.inputs;
  if (Array.isArray(inputs)) return Math.max(1, inputs.length);
  const { length } = field.extensions;
  if (typeof length === 'number') return length;
  const isList = isListType(getNullableType(field.type));
  return isList && !isPartOfPage(parent) ? LENGTH_OF_PLAIN_LIST : 1;
}

/** The length of a page is counted at its connection. */
function isPartOfPage(parent: ComplexityEstimatorArgs['type']): boolean {
  return isObjectType(parent) && parent.name.endsWith('Connection');
}

/** Whether a variable nests deeper than any input of ours does. */
export function nestsTooDeep(value: unknown, left: number = LIMITS.variableDepth): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return left === 0 || Object.values(value).some((part) => nestsTooDeep(part, left - 1));
}
