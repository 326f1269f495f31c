import { defaultFieldResolver, defaultTypeResolver, GraphQLError, type GraphQLObjectType, type ResponsePath } from 'graphql';
import { type PlannedField, type Selection, selectFields } from './plan.ts';
import { below, infoOf, nullFor, type Path, type Run } from './run.ts';
import { runtimeType } from './runtime-type.ts';
import type { Shape } from './shape.ts';

type Answer = Record<string, unknown>;

/** All fields of one object at the same time. Where nothing has to be waited for, there is no promise. */
export function readFields(run: Run, selection: Selection, source: unknown, path: Path): Answer | Promise<Answer> {
  const answer = blank(selection);
  let waiting: Waiting | undefined;
  try {
    for (const field of selection.fields) {
      const value = readField(run, field, source, path);
      answer[field.key] = value;
      if (value instanceof Promise) {
        waiting ??= { keys: [], values: [] };
        waiting.keys.push(field.key);
        waiting.values.push(value);
      }
    }
  } catch (error) {
    if (waiting === undefined) throw error;
    // What the fields before it wait for may fail as well, and that is nobody's concern then.
    return settle(answer, waiting).finally(() => {
      throw error;
    });
  }
  return waiting === undefined ? answer : settle(answer, waiting);
}

/** What an object waits for, under its keys. */
interface Waiting {
  readonly keys: string[];
  readonly values: Promise<unknown>[];
}

/** One field after the other, as mutations are. */
export async function readFieldsInTurn(run: Run, selection: Selection, source: unknown): Promise<Answer> {
  const answer = blank(selection);
  for (const field of selection.fields) answer[field.key] = await readField(run, field, source, undefined);
  return answer;
}

function blank({ isPlain }: Selection): Answer {
  return isPlain ? {} : Object.create(null);
}

async function settle(answer: Answer, { keys, values }: Waiting): Promise<Answer> {
  const settled = await Promise.all(values);
  keys.forEach((key, at) => {
    answer[key] = settled[at];
  });
  return answer;
}

function readField(run: Run, field: PlannedField, source: unknown, parentPath: Path): unknown {
  if (field.isProperty && isObject(source)) {
    const value = source[field.name];
    if (field.shape.kind === 'LEAF' && isSettled(value)) return readLeaf(run, field, value, parentPath);
    if (typeof value !== 'function') return completeAt(run, field, field.shape, value, below(parentPath, field.key, field.parentType.name));
  }
  const path = below(parentPath, field.key, field.parentType.name);
  let value: unknown;
  try {
    const resolve = field.definition.resolve ?? defaultFieldResolver;
    value = resolve(source, field.readArguments(run.variables), run.context, infoOf(run, field, path));
  } catch (error) {
    return nullFor(run, field, field.shape, path, error);
  }
  return completeAt(run, field, field.shape, value, path);
}

/** A number, a text or the like. Its path is put together only when something is wrong with it. */
function readLeaf(run: Run, field: PlannedField, value: unknown, parentPath: Path): unknown {
  const { shape } = field;
  try {
    if (value !== null && value !== undefined && shape.kind === 'LEAF') return serialize(shape, value);
    if (shape.isRequired) throw notNullable(field);
    return null;
  } catch (error) {
    return nullFor(run, field, shape, below(parentPath, field.key, field.parentType.name), error);
  }
}

/** A value as the answer holds it. */
function complete(run: Run, field: PlannedField, shape: Shape, value: unknown, path: ResponsePath): unknown {
  if (value instanceof Error) throw value;
  if (value === null || value === undefined) {
    if (shape.isRequired) throw notNullable(field);
    return null;
  }
  switch (shape.kind) {
    case 'LEAF':
      return serialize(shape, value);
    case 'LIST':
      return completeList(run, field, shape.item, value, path);
    case 'OBJECT':
      return completeObject(run, field, shape.type, value, path);
    case 'ABSTRACT': {
      const { type } = shape;
      const name: unknown = (type.resolveType ?? defaultTypeResolver)(value, run.context, infoOf(run, field, path), type);
      return whenThere(name, (found) => completeObject(run, field, runtimeType(run, field, type, found), value, path));
    }
  }
}

function completeList(run: Run, field: PlannedField, item: Shape, values: unknown, path: ResponsePath): unknown[] | Promise<unknown[]> {
  if (!isIterable(values)) throw new GraphQLError(`Expected Iterable, but did not find one for field "${placeOf(field)}".`);
  const answers: unknown[] = [];
  let isWaiting = false;
  try {
    for (const value of values) {
      const answer = completeAt(run, field, item, value, below(path, answers.length));
      answers.push(answer);
      if (answer instanceof Promise) isWaiting = true;
    }
  } catch (error) {
    void Promise.allSettled(answers);
    throw error;
  }
  return isWaiting ? Promise.all(answers) : answers;
}

/** A value that is there, or on its way, completed at its place. */
function completeAt(run: Run, field: PlannedField, shape: Shape, value: unknown, path: ResponsePath): unknown {
  if (!isThenable(value)) return completeArrived(run, field, shape, value, path);
  const [arrived, failed] = [
    (there: unknown) => completeArrived(run, field, shape, there, path),
    (error: unknown) => nullFor(run, field, shape, path, error),
  ];
  return value instanceof Promise ? value.then(arrived, failed) : Promise.resolve(value).then(arrived, failed);
}

function completeArrived(run: Run, field: PlannedField, shape: Shape, value: unknown, path: ResponsePath): unknown {
  try {
    const answer = complete(run, field, shape, value, path);
    return answer instanceof Promise ? answer.catch((error: unknown) => nullFor(run, field, shape, path, error)) : answer;
  } catch (error) {
    return nullFor(run, field, shape, path, error);
  }
}

function completeObject(run: Run, field: PlannedField, type: GraphQLObjectType, value: unknown, path: ResponsePath): unknown {
  if (type.isTypeOf === undefined || type.isTypeOf === null) return readFields(run, selectFields(run.plan, field, type), value, path);
  return whenThere(type.isTypeOf(value, run.context, infoOf(run, field, path)), (isIt) => {
    if (!isIt) throw new GraphQLError(`Expected value of type "${type.name}" in field "${placeOf(field)}".`, { nodes: field.nodes });
    return readFields(run, selectFields(run.plan, field, type), value, path);
  });
}

function whenThere(value: unknown, then: (arrived: unknown) => unknown): unknown {
  return isThenable(value) ? Promise.resolve(value).then(then) : then(value);
}

function serialize({ type, isText }: Extract<Shape, { kind: 'LEAF' }>, value: unknown): unknown {
  if (isText && typeof value === 'string') return value;
  const serialized: unknown = type.serialize(value);
  if (serialized === null || serialized === undefined) throw new Error(`"${type.name}" serialized a value to nothing`);
  return serialized;
}

const placeOf = ({ parentType, name }: PlannedField): string => `${parentType.name}.${name}`;

function notNullable(field: PlannedField): Error {
  return new Error(`Cannot return null for non-nullable field ${placeOf(field)}.`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Whether a value is there already, and neither an error nor a method. */
function isSettled(value: unknown): boolean {
  return (typeof value !== 'object' && typeof value !== 'function') || value === null || value instanceof Date;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value && typeof value[Symbol.iterator] === 'function';
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
