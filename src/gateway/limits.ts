import { ApolloArmor } from '@escape.tech/graphql-armor';
import type { GraphQLError, SelectionSetNode, ValidationContext, ValidationRule } from 'graphql';
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

/** Whether a variable nests deeper than any input of ours does. */
export function nestsTooDeep(value: unknown, left: number = LIMITS.variableDepth): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return left === 0 || Object.values(value).some((part) => nestsTooDeep(part, left - 1));
}
