import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import { principalOf } from '../../kernel/viewer.ts';
import type { Context } from '../../platform/graphql/context.ts';
import type { Execute } from '../execution/create-execute.ts';
import type { OpenEventContext } from '../open-context.ts';
import { type ErrorPresentation, presentErrors } from '../present-errors.ts';

/** Subscribers that get the same text for the same event: one document, one viewer, the same variables where they matter. */
export interface Audience {
  /** An event as this audience reads it: the JSON of an execution result. */
  textOf(event: object): string | Promise<string>;
  leave(): void;
}

export interface Audiences {
  join(args: ExecutionArgs, context: Context): Audience;
}

interface Known {
  readonly textOf: Audience['textOf'];
  members: number;
}

/** Every event is executed and put into words once for each audience, however many subscribers it has. */
export function createAudiences(execute: Execute, contextOfEvent: OpenEventContext, presentation: ErrorPresentation): Audiences {
  const known = new Map<string, Known>();

  async function answer(args: ExecutionArgs, event: object, joined: Context): Promise<string> {
    const context = await contextOfEvent(joined);
    return toText(await execute({ ...args, rootValue: event, contextValue: context }), context.requestId, presentation);
  }

  return {
    join(args, context) {
      const key = keyOf(args, context);
      const audience = known.get(key) ?? { textOf: putIntoWords((event) => answer(args, event, context)), members: 0 };
      known.set(key, audience);
      audience.members += 1;
      return {
        textOf: audience.textOf,
        leave() {
          audience.members -= 1;
          if (audience.members === 0) known.delete(key);
        },
      };
    },
  };
}

function putIntoWords(answer: (event: object) => Promise<string>): Audience['textOf'] {
  const texts = new WeakMap<object, string | Promise<string>>();
  return (event) => {
    const known = texts.get(event);
    if (known !== undefined) return known;
    const text = answer(event);
    texts.set(event, text);
    void text.then((done) => texts.set(event, done)).catch(() => undefined);
    return text;
  };
}

/** The JSON of a result, with its errors as they leave the house. */
export function toText(result: ExecutionResult, requestId: string, presentation: ErrorPresentation): string {
  if (result.errors === undefined) return JSON.stringify(result);
  return JSON.stringify({ ...result, errors: presentErrors(result.errors, requestId, presentation) });
}

let documents = 0;
/** Documents are told apart by number, and their variables by whether they can change what is said of an event. */
const seen = new WeakMap<DocumentNode, { readonly no: number; readonly telling: Map<string | undefined, readonly string[]> }>();

function keyOf({ document, operationName, variableValues }: ExecutionArgs, { viewer }: Context): string {
  let about = seen.get(document);
  if (about === undefined) {
    documents += 1;
    about = { no: documents, telling: new Map() };
    seen.set(document, about);
  }
  const name = operationName ?? undefined;
  const telling = about.telling.get(name) ?? tellingVariables(document, name);
  about.telling.set(name, telling);
  // Left out is not the same as null: a default may stand for it.
  const values = telling.map((variable) =>
    variableValues !== undefined && variableValues !== null && variable in variableValues ? [variableValues[variable]] : [],
  );
  return `${about.no} ${name ?? ''} ${principalOf(viewer)} ${JSON.stringify(values)}`;
}

/** The arguments of the subscribed field say which events come, not what is said of one: variables used only there do not matter. */
function tellingVariables(document: DocumentNode, operationName: string | undefined): readonly string[] {
  const operation = getOperationAST(document, operationName);
  const names = new Set<string>();
  visit(document, {
    VariableDefinition: () => false,
    Argument(_node, _key, _parent, _path, ancestors) {
      return isOfRootField(ancestors, operation) ? false : undefined;
    },
    Variable: ({ name }) => void names.add(name.value),
  });
  return [...names].sort();
}

/** Whether the innermost ancestor is a field that the operation selects itself. */
function isOfRootField(ancestors: readonly unknown[], operation: OperationDefinitionNode | null | undefined): boolean {
  const nodes = ancestors.filter((node): node is { readonly kind: string } => typeof node === 'object' && node !== null && 'kind' in node);
  return nodes.at(-1)?.kind === Kind.FIELD && nodes.at(-2)?.kind === Kind.SELECTION_SET && nodes.at(-3) === operation;
}
