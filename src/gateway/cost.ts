import {
  type DocumentNode,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isObjectType,
  Kind,
  visit,
} from 'graphql';
import { type ComplexityEstimatorArgs, getComplexity } from 'graphql-query-complexity';
import { LIMITS } from './limits.ts';
import { limitExceeded } from './present-errors.ts';

const PAGE_SIZE_NOT_GIVEN = 20;
const LENGTH_OF_PLAIN_LIST = 5;

type Variables = Readonly<Record<string, unknown>>;

/** Thrown when the answer to an operation could hold too many objects. */
export function checkCost(schema: GraphQLSchema, document: DocumentNode, operationName: string | undefined, variables: Variables): void {
  const cost = costOf(schema, document, operationName, variables);
  if (cost > LIMITS.cost) throw limitExceeded(`The answer could hold ${cost} objects; ${LIMITS.cost} are allowed. Ask for smaller pages.`);
}

/** What is known of a document in daily use: its costs by operation and by the variables that count. */
interface Counted {
  readonly telling: readonly string[];
  readonly costs: Map<string, number>;
}

const counted = new WeakMap<DocumentNode, Counted>();
const COSTS_OF_A_DOCUMENT = 100;

function costOf(schema: GraphQLSchema, query: DocumentNode, operationName: string | undefined, variables: Variables): number {
  let about = counted.get(query);
  if (about === undefined) {
    about = { telling: tellingVariables(query), costs: new Map() };
    counted.set(query, about);
  }
  const { telling, costs } = about;
  const key = JSON.stringify([operationName, ...telling.map((name) => weightOf(variables[name]))]);
  const known = costs.get(key);
  if (known !== undefined) return known;
  try {
    const cost = getComplexity({
      schema,
      query,
      variables: { ...variables },
      ...(operationName !== undefined && { operationName }),
      estimators: [countObjects],
    });
    if (costs.size >= COSTS_OF_A_DOCUMENT) costs.clear();
    costs.set(key, cost);
    return cost;
  } catch {
    return 0; // variables that do not fit are reported by the execution, in its own words
  }
}

const COUNTED_ARGUMENTS = ['first', 'last', 'inputs', 'if'];

/** The variables that say how long a list is, or whether a part is asked for at all. */
function tellingVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Argument({ name, value }) {
      if (COUNTED_ARGUMENTS.includes(name.value) && value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}

/** Of a list its length counts, not what is in it. Left out is not the same as null: a default may stand for it. */
function weightOf(value: unknown): unknown {
  if (value === undefined) return 'default';
  if (Array.isArray(value)) return [value.length];
  return typeof value === 'object' && value !== null ? {} : value;
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
