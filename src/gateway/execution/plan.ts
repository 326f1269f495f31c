import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js';
import { createReadArguments, type ReadArguments } from './arguments.ts';
import { type Shape, shapeOf } from './shape.ts';

export type Variables = Readonly<Record<string, unknown>>;

/** An operation as it is executed: what is asked of which type is found out once, and not again for every object. */
export interface Plan {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Record<string, FragmentDefinitionNode>;
  /** The variables with which `@skip` and `@include` were decided. */
  readonly variables: Variables;
  root: Selection;
  /** How many fields have been planned so far. */
  size: number;
}

/** What is asked of objects of one type. */
export interface Selection {
  readonly type: GraphQLObjectType;
  readonly fields: readonly PlannedField[];
  /** Whether an object literal can hold the answer: not, when a field is to be called `__proto__`. */
  readonly isPlain: boolean;
}

export interface PlannedField {
  /** Its name in the answer. */
  readonly key: string;
  readonly name: string;
  readonly nodes: readonly FieldNode[];
  readonly parentType: GraphQLObjectType;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly shape: Shape;
  /** Whether it is a property of its object and nothing else, as most fields of every answer are. */
  readonly isProperty: boolean;
  readonly readArguments: ReadArguments;
  /** What is selected of its value, for each type that this can have. */
  readonly selections: Map<GraphQLObjectType, Selection>;
}

/** The plan of an operation on a root type; deeper selections are planned when an object is met for the first time. */
export function createPlan(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  type: GraphQLObjectType,
  variables: Variables,
): Plan {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  const plan: Plan = { schema, operation, fragments, variables, root: { type, fields: [], isPlain: true }, size: 0 };
  plan.root = planSelection(plan, type, collectFields(schema, fragments, variables, type, operation.selectionSet));
  return plan;
}

export function selectFields(plan: Plan, field: PlannedField, type: GraphQLObjectType): Selection {
  let selection = field.selections.get(type);
  if (selection === undefined) {
    selection = planSelection(plan, type, collectSubfields(plan.schema, plan.fragments, plan.variables, type, field.nodes));
    field.selections.set(type, selection);
  }
  return selection;
}

function planSelection(plan: Plan, type: GraphQLObjectType, collected: ReadonlyMap<string, readonly FieldNode[]>): Selection {
  const fields = [...collected].flatMap(([key, nodes]) => {
    const definition = definitionOf(plan.schema, type, nodes[0]?.name.value ?? '');
    return definition === undefined ? [] : [planField(type, definition, key, nodes)];
  });
  plan.size += fields.length;
  return { type, fields, isPlain: !collected.has('__proto__') };
}

function planField(
  parentType: GraphQLObjectType,
  definition: GraphQLField<unknown, unknown>,
  key: string,
  nodes: readonly FieldNode[],
): PlannedField {
  const shape = shapeOf(definition.type);
  return {
    key,
    name: definition.name,
    nodes,
    parentType,
    definition,
    shape,
    isProperty: definition.resolve === undefined && definition.args.length === 0,
    readArguments: argumentsOf(definition, nodes[0]),
    selections: new Map(),
  };
}

function argumentsOf(definition: GraphQLField<unknown, unknown>, node: FieldNode | undefined): ReadArguments {
  return definition.args.length === 0 || node === undefined ? () => ({}) : createReadArguments(definition, node);
}

function definitionOf(schema: GraphQLSchema, type: GraphQLObjectType, name: string): GraphQLField<unknown, unknown> | undefined {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
  if (type === schema.getQueryType()) {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  }
  return type.getFields()[name];
}
