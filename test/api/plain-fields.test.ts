import 'reflect-metadata';
import { isInterfaceType, isObjectType, parse } from 'graphql';
import { Field, FieldResolver, getMetadataStorage, ObjectType, Query, Resolver, UseMiddleware } from 'type-graphql';
import { AccrualActivityType } from '../../src/exchange/activity/activity.types.ts';
import { createExecute } from '../../src/gateway/execution/create-execute.ts';
import { buildGatewaySchema } from '../../src/gateway/schema.ts';

const heard: string[] = [];

@ObjectType()
abstract class Watched {
  @UseMiddleware(async (_data, next) => {
    heard.push('inherited');
    return next();
  })
  @Field(() => String, { description: 'Watched, by the class it comes from.' })
  readonly inherited!: string;
}

@ObjectType('Drawer', { description: 'Something with a right on one field.' })
class DrawerType extends Watched {
  @Field(() => String, { description: 'Plain.' })
  readonly label!: string;

  @UseMiddleware(() => {
    throw new Error('locked');
  })
  @Field(() => String, { nullable: true, description: 'Locked.' })
  readonly content?: string;

  @Field(() => String, { name: 'shown', description: 'Under another name.' })
  readonly hidden!: string;

  @Field(() => String, { description: 'Answered by a resolver.' })
  readonly resolved!: string;

  @Field(() => String, { description: 'Answered by a resolver that is watched.' })
  readonly watched!: string;
}

@Resolver(() => DrawerType)
class DrawerResolver {
  @Query(() => DrawerType, { description: 'A drawer.' })
  quoteAccrual(): object {
    return { label: 'a', content: 'gold', hidden: 'b', resolved: 'raw', inherited: 'c' };
  }

  @FieldResolver(() => String, { description: 'Answered by a resolver.' })
  resolved(): string {
    return 'made';
  }

  @UseMiddleware(async (_data, next) => {
    heard.push('watched');
    return next();
  })
  @FieldResolver(() => String, { description: 'Answered by a resolver that is watched.' })
  watched(): string {
    return this.resolved();
  }
}

// The house has no rights on single fields, which is shown of all classes that were read into this process.
afterAll(() => {
  const { middlewares } = getMetadataStorage();
  const others = middlewares.filter(({ target }) => target !== Watched && target !== DrawerType && target !== DrawerResolver);
  middlewares.splice(0, middlewares.length, ...others);
});

test('a field that is read as a property loses neither its rights nor its resolver', async () => {
  const schema = buildGatewaySchema({ drawers: [DrawerResolver] });
  const document = parse('{ quoteAccrual { label content shown resolved inherited watched } }');
  const { data, errors } = await createExecute(schema)({ document, contextValue: { viewer: { role: 'ANONYMOUS' } } });
  expect(data).toMatchObject({
    quoteAccrual: { label: 'a', content: null, shown: 'b', resolved: 'made', inherited: 'c', watched: 'made' },
  });
  expect(errors?.map(({ message }) => message)).toEqual(['locked']);
  expect(heard).toEqual(['inherited', 'watched']);
  const drawer = schema.getType('Drawer');
  const fields = isObjectType(drawer) ? Object.values(drawer.getFields()) : [];
  expect(fields.filter(({ resolve }) => resolve === undefined).map(({ name }) => name)).toEqual(['label']);
});

test('most fields of the public schema are plain, and its types are known at once', () => {
  const types = Object.values(buildGatewaySchema().getTypeMap());
  const fields = types.filter(isObjectType).flatMap((type) => Object.values(type.getFields()));
  expect(fields.filter(({ resolve }) => resolve === undefined).length).toBeGreaterThan(fields.length / 2);
  const activity = types.filter(isInterfaceType).find(({ name }) => name === 'Activity');
  const resolveType = activity?.resolveType as ((value: object) => unknown) | undefined;
  expect(resolveType?.({ shape: AccrualActivityType })).toBe('AccrualActivity');
});

test('inputs are what was sent and nothing more: their classes have neither methods nor values of their own', () => {
  buildGatewaySchema();
  const { inputTypes, argumentTypes } = getMetadataStorage();
  const targets = [...inputTypes, ...argumentTypes].map(({ target }) => target as new () => object);
  expect(targets.length).toBeGreaterThan(100);
  for (const target of targets) {
    const { name, prototype } = target;
    expect({ name, methods: Object.getOwnPropertyNames(prototype) }).toEqual({ name, methods: ['constructor'] });
    expect(Object.values(new target()).filter((value) => value !== undefined)).toEqual([]);
  }
});
