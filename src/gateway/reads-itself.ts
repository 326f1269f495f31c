import { Kind, type OperationDefinitionNode, OperationTypeNode } from 'graphql';

/** Mutations that read the configuration and the clock in their own transaction, and show what they have read to what is asked of their answer. */
const READ_THEMSELVES: ReadonlySet<string> = new Set(['accrue', 'accrueBatch', '__typename']);

const known = new WeakMap<OperationDefinitionNode, boolean>();

/** Whether nothing needs to be read before an operation. */
export function readsItself(operation: OperationDefinitionNode): boolean {
  let does = known.get(operation);
  if (does === undefined) {
    does =
      operation.operation === OperationTypeNode.MUTATION &&
      operation.selectionSet.selections.every((asked) => asked.kind === Kind.FIELD && READ_THEMSELVES.has(asked.name.value));
    known.set(operation, does);
  }
  return does;
}
