import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type GraphQLSchema, getVariableValues, isEnumType, parse, validate } from 'graphql';
import { LIMITS } from '../../src/gateway/limits.ts';
import { buildGatewaySchema } from '../../src/gateway/schema.ts';
import { blocksOf, documents, operationFile, operationFiles, ROOT, read, rowsBelow } from './markdown.ts';

let schema: GraphQLSchema;
beforeAll(() => {
  schema = buildGatewaySchema();
});

const allBlocks = documents().flatMap(blocksOf);

function problemsOf(source: string): string[] {
  return validate(schema, parse(source)).map(({ message }) => message);
}

test('every GraphQL block of the documentation is valid against the schema', () => {
  const blocks = allBlocks.filter(({ language }) => language === 'graphql');
  expect(blocks.length).toBeGreaterThan(0);
  expect(blocks.flatMap(({ place, text }) => problemsOf(text).map((problem) => `${place} ${problem}`))).toEqual([]);
});

test('every query in a command of the documentation is valid against the schema', () => {
  const queries = allBlocks.flatMap(({ place, text }) =>
    [...text.matchAll(/"query": "([^"]*)"/g)].map((found) => ({ place, query: found[1] ?? '' })),
  );
  expect(queries.length).toBeGreaterThan(0);
  expect(queries.flatMap(({ place, query }) => problemsOf(query).map((problem) => `${place} ${problem}`))).toEqual([]);
});

test('every file of schema/operations holds one operation that is valid against the schema', () => {
  const files = operationFiles();
  expect(files.filter((name) => !name.endsWith('.graphql'))).toEqual([]);
  expect(files.flatMap((name) => problemsOf(operationFile(name)).map((problem) => `${name} ${problem}`))).toEqual([]);
  const several = files.filter(
    (name) => parse(operationFile(name)).definitions.filter(({ kind }) => kind === 'OperationDefinition').length !== 1,
  );
  expect(several).toEqual([]);
});

test('all variables in the documentation fit the document that they are shown for', () => {
  const blocks = allBlocks.filter(({ note }) => note === 'variables');
  expect(blocks.length).toBeGreaterThan(0);
  const problems = blocks.flatMap(({ place, text, operation }) => {
    if (operation === undefined) return [`${place} is shown for no document`];
    const definition = parse(operationFile(operation)).definitions.find(({ kind }) => kind === 'OperationDefinition');
    if (definition?.kind !== 'OperationDefinition') return [`${operation} has no operation`];
    const given: Record<string, unknown> = JSON.parse(text);
    const known = (definition.variableDefinitions ?? []).map(({ variable }) => variable.name.value);
    const unknown = Object.keys(given).filter((name) => !known.includes(name));
    const { errors = [] } = getVariableValues(schema, definition.variableDefinitions ?? [], given);
    return [
      ...unknown.map((name) => `${place} gives ${name}, which ${operation} does not take`),
      ...errors.map(({ message }) => `${place} ${message}`),
    ];
  });
  expect(problems).toEqual([]);
});

test('every JSON block of the documentation is JSON', () => {
  const broken = allBlocks.filter(({ language, text }) => {
    if (language !== 'json') return false;
    try {
      JSON.parse(text);
      return false;
    } catch {
      return true;
    }
  });
  expect(broken.map(({ place }) => place)).toEqual([]);
});

test('every link to a file leads to one', () => {
  const dead = documents().flatMap((path) =>
    [...read(path).matchAll(/\]\(([^)#]+)[^)]*\)/g)]
      .map((found) => found[1] ?? '')
      .filter((target) => !target.includes('://') && !existsSync(join(ROOT, dirname(path), target)))
      .map((target) => `${path} links ${target}`),
  );
  expect(dead).toEqual([]);
});

test('every link to a heading leads to one', () => {
  const anchorsOf = (path: string) =>
    [...read(path).matchAll(/^#+ (.*)$/gm)].map((found) =>
      (found[1] ?? '')
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
  const dead = documents().flatMap((path) =>
    [...read(path).matchAll(/\]\(([^)#:]*)#([^)]+)\)/g)]
      .filter(([, file = '', anchor = '']) => {
        const target = file === '' ? path : join(dirname(path), file);
        return !existsSync(join(ROOT, target)) || !anchorsOf(target).includes(anchor);
      })
      .map(([link]) => `${path} links ${link}`),
  );
  expect(dead).toEqual([]);
});

test('every path of the house that the documentation names exists', () => {
  const missing = documents().flatMap((path) =>
    [...read(path).matchAll(/`((?:src|schema|docs|test|migrations)\/[\w./-]*)`/g)]
      .map((found) => found[1] ?? '')
      .filter((target) => !existsSync(join(ROOT, target)))
      .map((target) => `${path} names ${target}`),
  );
  expect(missing).toEqual([]);
});

test('every script that the documentation mentions is in package.json', () => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'));
  const mentioned = documents().flatMap((path) =>
    [...read(path).matchAll(/npm (?:run (?:-s )?([\w:-]+)|(start|test)\b)/g)].map((found) => found[1] ?? found[2] ?? ''),
  );
  expect(mentioned.length).toBeGreaterThan(0);
  expect(mentioned.filter((name) => scripts[name] === undefined)).toEqual([]);
});

test('the refusals in the guide for partners are codes of the schema', () => {
  const codes = schema.getType('ErrorCode');
  const known = isEnumType(codes) ? codes.getValues().map(({ name }) => name) : [];
  const [, afterRefusals = ''] = read('docs/partners.md').split('The first that applies is returned:');
  const [table = ''] = afterRefusals.split('Errors of the request itself');
  const named = [...table.matchAll(/^\| `(\w+)`/gm)].map((found) => found[1] ?? '');
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((code) => !known.includes(code))).toEqual([]);
});

test('the limits in the guide for partners are those in force', () => {
  const number = new Intl.NumberFormat('en');
  const limits = Object.fromEntries(rowsBelow('docs/partners.md', 'Limits of a request'));
  expect(limits).toMatchObject({
    Body: `${LIMITS.bodyBytes / 1024 / 1024} MiB`,
    Document: `${number.format(LIMITS.documentCharacters)} characters, ${number.format(LIMITS.tokens)} tokens`,
    Depth: `${LIMITS.depth}`,
    Aliases: `${LIMITS.aliases}`,
    'The same field in one selection': `${LIMITS.repeats} times`,
    'Objects that an answer may hold at worst': number.format(LIMITS.cost),
    'Operations at a time on one socket': `${LIMITS.operationsPerSocket}`,
  });
});
