import fc from 'fast-check';
import {
  type ExecutionResult,
  execute,
  GraphQLEnumType,
  GraphQLError,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  GraphQLUnionType,
  getIntrospectionQuery,
  parse,
  validate,
} from 'graphql';
import { createExecute } from '../../src/gateway/execution/create-execute.ts';
import { Points } from '../../src/platform/graphql/scalars.ts';

/** A schema in which everything that can happen to a value does: at once or later, well or badly, where null is allowed and where not. */

const soon = <T>(value: T): Promise<T> => new Promise((resolve) => setImmediate(resolve, value));
const fail = (message: string): never => {
  throw new GraphQLError(message, { extensions: { code: 'FORBIDDEN' } });
};
const later = async (message: string): Promise<never> => fail(await soon(message));

const Colour = new GraphQLEnumType({ name: 'Colour', values: { RED: { value: 1 }, BLUE: { value: 2 } } });
const Range = new GraphQLInputObjectType({
  name: 'Range',
  fields: { from: { type: Points }, to: { type: GraphQLInt, defaultValue: 7 } },
});

const By = new GraphQLInputObjectType({
  name: 'By',
  isOneOf: true,
  fields: { name: { type: GraphQLString }, colour: { type: Colour }, points: { type: Points } },
});
const Search: GraphQLInputObjectType = new GraphQLInputObjectType({
  name: 'Search',
  fields: () => ({
    by: { type: By },
    ranges: { type: new GraphQLList(new GraphQLNonNull(Range)) },
    colours: { type: new GraphQLNonNull(new GraphQLList(Colour)), defaultValue: [2] },
    text: { type: new GraphQLNonNull(GraphQLString) },
    within: { type: Search },
  }),
});

const named = () => ({
  name: { type: GraphQLString },
  must: { type: new GraphQLNonNull(GraphQLString) },
});
const Named = new GraphQLInterfaceType({
  name: 'Named',
  fields: named,
  resolveType: ({ kind }: { kind: string }) => (kind === 'Cat' ? soon('Cat') : kind),
});

const common = () => ({
  ...named(),
  points: { type: Points },
  colour: { type: Colour },
  broken: { type: GraphQLString, resolve: () => fail('broken') },
  brokenLater: { type: GraphQLString, resolve: () => later('broken later') },
  mustBreak: { type: new GraphQLNonNull(GraphQLString), resolve: () => fail('must break') },
  mustBreakLater: { type: new GraphQLNonNull(GraphQLInt), resolve: () => later('must break later') },
  missing: { type: new GraphQLNonNull(GraphQLString) },
  error: { type: GraphQLString, resolve: () => new Error('returned') },
  echo: {
    type: GraphQLString,
    args: { range: { type: Range }, count: { type: GraphQLInt, defaultValue: 3 } },
    resolve: (_source: unknown, args: object) => JSON.stringify(args, (_key, value) => (typeof value === 'bigint' ? `${value}n` : value)),
  },
  method: { type: GraphQLString },
  self: { type: Named, resolve: (source: unknown) => source },
  next: { type: Dog, resolve: (source: unknown) => soon(source) },
  any: { type: Pet, resolve: (source: unknown) => source },
  all: { type: new GraphQLList(Named), resolve: () => [...beasts, null, soon(beasts[0])] },
  everyone: { type: new GraphQLList(Pet), resolve: () => beasts },
  strict: { type: new GraphQLList(new GraphQLNonNull(Pet)), resolve: () => beasts },
  noList: { type: new GraphQLList(GraphQLString), resolve: () => 5 },
  numbers: { type: new GraphQLList(new GraphQLNonNull(GraphQLInt)), resolve: () => [1, soon(2), 3.5] },
});
const Dog: GraphQLObjectType = new GraphQLObjectType({ name: 'Dog', interfaces: [Named], fields: common });
const Cat: GraphQLObjectType = new GraphQLObjectType({ name: 'Cat', interfaces: [Named], fields: common });
const Pet = new GraphQLUnionType({
  name: 'Pet',
  types: () => [Dog, Cat],
  resolveType: ({ kind }: { kind: string }) => (kind === 'Fish' ? undefined : kind),
});
const beasts = [
  { kind: 'Dog', name: 'Rex', must: 'be', points: 12n, colour: 1, method: () => 'called' },
  { kind: 'Cat', name: soon('Mia'), must: soon('be'), points: 2n ** 60n, colour: 9, method: () => soon('called later') },
  { kind: 'Fish', name: 'Wanda', must: null, points: 'many' },
];

const Query = new GraphQLObjectType({
  name: 'Query',
  fields: {
    dog: { type: Dog, resolve: () => beasts[0] },
    cat: { type: new GraphQLNonNull(Cat), resolve: () => soon(beasts[1]) },
    named: { type: new GraphQLList(Named), resolve: () => beasts },
    find: {
      type: GraphQLString,
      args: {
        search: { type: Search },
        all: { type: new GraphQLList(new GraphQLList(GraphQLInt)) },
        count: { type: new GraphQLNonNull(GraphQLInt), defaultValue: 3 },
        tint: { type: Colour },
      },
      resolve: (_source: unknown, args: object) => JSON.stringify(args, (_key, value) => (typeof value === 'bigint' ? `${value}n` : value)),
    },
  },
});
let changes: string[] = [];
const Mutation = new GraphQLObjectType({
  name: 'Mutation',
  fields: {
    slow: { type: Dog, resolve: () => soon(changes.push('slow')).then(() => beasts[0]) },
    quick: { type: new GraphQLNonNull(GraphQLString), resolve: () => String(changes.push('quick') > 0) },
    refused: { type: new GraphQLNonNull(GraphQLString), resolve: () => later('refused') },
  },
});
const schema = new GraphQLSchema({ query: Query, mutation: Mutation, types: [Dog, Cat] });
const run = createExecute(schema);

const plain = (result: ExecutionResult): unknown => JSON.parse(JSON.stringify(result));
/** A fault of the program, masked for everybody outside: its words may differ. */
const OF_NO_TYPE = /(?:Abstract type|Runtime Object type) .*?(?=","locations)/;
/** Errors of fields that run at the same time come in no certain order. */
const sorted = (result: ExecutionResult): unknown => {
  const { errors, ...rest } = plain(result) as { errors?: unknown[] };
  return { ...rest, ...(errors && { errors: errors.map((error) => JSON.stringify(error).replace(OF_NO_TYPE, 'of no type')).sort() }) };
};

async function expectSame(source: string, variableValues: Record<string, unknown> = {}): Promise<void> {
  const document = parse(source);
  const args = { document, variableValues, contextValue: {} };
  const expected = await execute({ ...args, schema });
  for (const time of ['first', 'second'])
    expect({ source, time, ...(sorted(await run(args)) as object) }).toEqual({ source, time, ...(sorted(expected) as object) });
}

const LEAVES = [
  'name',
  'must',
  'points',
  'colour',
  'broken',
  'brokenLater',
  'mustBreak',
  'mustBreakLater',
  'missing',
  'error',
  'method',
  'noList',
  'numbers',
  '__typename',
  'a: name',
  '__proto__: name',
  'echo',
  'echo(range: { from: 5 })',
  'echo(range: $range)',
  'echo(range: { to: $to }, count: $to)',
  'name @include(if: $yes)',
  'must @skip(if: $no)',
];
const NAMED_LEAVES = ['name', 'must', '__typename', 'b: name @skip(if: $yes)'];
const { tree } = fc.letrec<{ tree: string; named: string; pet: string }>((tie) => ({
  tree: fc
    .array(
      fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.constantFrom(...LEAVES),
        tie('named').map((inner) => `self { ${inner} }`),
        tie('named').map((inner) => `all { ${inner} }`),
        tie('pet').map((inner) => `everyone { ${inner} }`),
        tie('pet').map((inner) => `any { ${inner} }`),
        tie('tree').map((inner) => `next { ${inner} }`),
        tie('tree').map((inner) => `n: next @include(if: $yes) { ${inner} }`),
      ),
      { minLength: 1, maxLength: 4 },
    )
    .map((parts) => parts.join(' ')),
  named: fc
    .array(
      fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(...NAMED_LEAVES),
        tie('tree').map((inner) => `... on Dog { ${inner} }`),
        tie('tree').map((inner) => `... on Cat @skip(if: $no) { ${inner} }`),
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map((parts) => parts.join(' ')),
  pet: fc
    .array(
      fc.oneof(
        { depthSize: 'small' },
        fc.constant('__typename'),
        tie('tree').map((inner) => `... on Dog { ${inner} }`),
        fc.constant('...Common'),
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map((parts) => parts.join(' ')),
}));
const HEAD = 'query($yes: Boolean = true, $no: Boolean!, $range: Range, $to: Int)';
const FRAGMENT = 'fragment Common on Named { name must ... on Cat { points broken } }';

const CASES: [string, string, Record<string, unknown>][] = [
  ['a value that is missing where it must be there', '{ dog { next { missing name } } }', {}],
  ['nothing at all, where no field around may be null', '{ cat { mustBreak } dog { name } }', {}],
  ['the same later', '{ cat { mustBreakLater name } }', {}],
  ['errors of both kinds beside one another', '{ dog { mustBreakLater mustBreak brokenLater } }', {}],
  ['fields of the same name together', '{ dog { self { name } self { must ... on Dog { self { must } self { name } } } } }', {}],
  ['a value of no type', '{ named { name } dog { everyone { __typename } } }', {}],
  ['the schema', getIntrospectionQuery(), {}],
  [
    'a type',
    '{ __type(name: "Dog") { name fields(includeDeprecated: true) { name type { kind ofType { name } } } } __schema { queryType { name } } }',
    {},
  ],
  ['an operation that is not there', 'query A { dog { name } } query B { dog { name } }', {}],
  ['a wrong variable', 'query($p: Range) { dog { echo(range: $p) } }', { p: { from: 'x', to: 'y', more: 1 } }],
  ['a variable that is missing', 'query($p: Int!) { dog { echo(count: $p) } }', {}],
  ['a variable left out in an object', 'query($p: Int) { dog { echo(range: { to: $p }) } }', {}],
  ['a variable that is null', 'query($p: Int) { dog { echo(count: $p) } }', { p: null }],
  ['a text that looks like code', '{ dog { a: __typename b: name } }', {}],
];

/** Mostly what fits, and now and then what does not. */
const mostly = (good: fc.Arbitrary<unknown>, ...bad: unknown[]) =>
  fc.oneof({ weight: 12, arbitrary: good }, { weight: 1, arbitrary: fc.constantFrom(...bad) });
const among = (...values: unknown[]) => fc.constantFrom(...values);
const { search } = fc.letrec<{ search: unknown }>((tie) => ({
  search: fc
    .record(
      {
        by: mostly(
          among(null, { name: 'a' }, { colour: 'RED' }, { points: 1 }),
          { name: 'a', points: 1 },
          {},
          { name: null },
          { points: 1.5 },
          'x',
          [],
        ),
        ranges: mostly(fc.array(mostly(among({}, { from: 1 }, { from: 2, to: null }), { to: 1.5 }, null)), null, { from: 3 }, 'x'),
        colours: mostly(fc.array(among('RED', 'BLUE', null)), 'RED', null, ['GREEN'], [1]),
        within: fc.oneof({ maxDepth: 3 }, fc.constant(null), tie('search')),
      },
      { requiredKeys: [] },
    )
    .chain((known) =>
      mostly(among({ text: 't' }), {}, { text: 7 }, { text: 't', strange: 1 }, { text: 't', constructor: 1 }).map((rest) => ({
        ...known,
        ...(rest as object),
      })),
    ),
}));

describe('an operation is executed as graphql-js executes it', () => {
  it('whatever its variables are', async () => {
    let good = 0;
    const source = `query($search: Search, $all: [[Int]], $count: Int = 4, $tint: Colour, $__proto__: Int) {
      find(search: $search, all: $all, count: $count, tint: $tint) literal: find(count: 5, tint: BLUE, all: [1], search: null)
    }`;
    const sources = [source, source.replace(', $__proto__: Int', '')];
    const all = mostly(among(undefined, null, 1, [1, [2, null]], [[]]), ['x']);
    const count = mostly(among(undefined, 1), null, 'x');
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...sources),
        search,
        all,
        count,
        fc.constantFrom(undefined, 'RED', 'GREEN'),
        async (asked, ...values) => {
          const names = ['search', 'all', 'count', 'tint'];
          const given = Object.fromEntries(names.map((name, at) => [name, values[at]]).filter(([, value]) => value !== undefined));
          if ((await execute({ schema, document: parse(asked), variableValues: given })).errors === undefined) good += 1;
          await expectSame(asked, given);
        },
      ),
      { numRuns: 500 },
    );
    expect(good).toBeGreaterThan(100);
    expect(good).toBeLessThan(450);
  });

  it('whatever is asked', async () => {
    let asked = 0;
    await fc.assert(
      fc.asyncProperty(tree, tree, fc.boolean(), fc.option(fc.boolean(), { nil: undefined }), async (first, second, no, yes) => {
        const source = `${HEAD} { dog { ${first} } named { name ... on Cat { ${second} } ...Common } cat { must } } ${FRAGMENT}`;
        const errors = validate(schema, parse(source)).filter(({ message }) => !/never used/.test(message));
        if (errors.length > 0) return;
        asked += 1;
        await expectSame(source, { no, ...(yes !== undefined && { yes }), range: { from: 4 } });
      }),
      { numRuns: 300 },
    );
    expect(asked).toBeGreaterThan(100);
  });

  it.each(CASES)('%s', (_what, source, variables) => expectSame(source, variables));

  it('mutations in turn, and none after one that failed where it must not', async () => {
    const source = 'mutation { a: slow { name } b: quick c: slow { must } d: quick }';
    changes = [];
    expect(plain(await run({ document: parse(source) }))).toEqual(plain(await execute({ schema, document: parse(source) })));
    expect(changes).toEqual(['slow', 'quick', 'slow', 'quick', 'slow', 'quick', 'slow', 'quick']);
    changes = [];
    expect(plain(await run({ document: parse('mutation { a: quick b: refused c: quick }') }))).toMatchObject({ data: null });
    expect(changes).toEqual(['quick']);
  });

  it('the event of a subscription is its root value', async () => {
    const event = { ...beasts[0] };
    const one = new GraphQLSchema({
      query: Query,
      subscription: new GraphQLObjectType({ name: 'Subscription', fields: { dog: { type: Dog } } }),
    });
    const document = parse('subscription { dog { name points } }');
    expect(plain(await createExecute(one)({ document, rootValue: { dog: event } }))).toEqual({
      data: { dog: { name: 'Rex', points: 12 } },
    });
  });

  it('and a list that has failed already is not failed again by what its other items wait for', async () => {
    const document = parse('{ dog { strict { ... on Dog { mustBreakLater } ... on Cat { mustBreak } } } }');
    const error = { message: 'must break', path: ['dog', 'strict', 1, 'mustBreak'], extensions: { code: 'FORBIDDEN' } };
    expect(plain(await run({ document }))).toMatchObject({ data: { dog: { strict: null } }, errors: [error] });
    await soon(undefined); // an error that nobody takes would end the process here
  });

  it('without a promise where nothing is waited for', () => {
    expect(run({ document: parse('{ dog { name points echo any { ... on Dog { name } } } }') })).not.toBeInstanceOf(Promise);
  });
});
