import 'reflect-metadata';
import { setTimeout } from 'node:timers/promises';
import { GraphQLError } from 'graphql';
import {
  Arg,
  Args,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import { toPage } from '../../src/kernel/cursor.ts';
import { connectionOf, PageArgs, readPage, toConnection } from '../../src/platform/graphql/connection.ts';
import type { Context } from '../../src/platform/graphql/context.ts';
import { Points } from '../../src/platform/graphql/scalars.ts';

/** A resolver with everything that the doors have to cope with, and no business. */

@ObjectType('Shop', { description: 'A shop.' })
export class ShopType {
  @Field(() => ID, { description: 'Its id.' })
  readonly id!: string;

  @Field(() => String, { description: 'Name.' })
  readonly name!: string;
}

@InputType('AddPointsInput', { description: 'Points to add.' })
class AddPointsInput {
  @Field(() => Points, { description: 'How many.' })
  readonly points!: bigint;
}

const ShopConnection = connectionOf<ShopType>('Shop', () => ShopType);
const SHOPS = Array.from({ length: 7 }, (_, no) => ({ id: `ptr_${String(no + 1).padStart(32, '0')}`, name: `Shop ${no + 1}`, no: no + 1 }));

@ObjectType('Tick', { description: 'A tick.' })
class TickType {
  @Field(() => Int, { description: 'Its number.' })
  readonly no!: number;
}

/** How many subscriptions are being served, to see that they end. */
export const openTicks = { count: 0 };

/** How many requests for letters are being served. */
export const lettersUnderWay = { count: 0 };

let loaded = 0;
const loadNumber = async (_db: unknown, keys: readonly string[]): Promise<number[]> => {
  loaded += 1;
  return keys.map(() => loaded);
};

async function* ticks(until: number): AsyncGenerator<{ no: number }> {
  openTicks.count += 1;
  try {
    for (let no = 1; no <= until; no += 1) yield { no };
    if (until === 0) await new Promise(() => undefined);
  } finally {
    openTicks.count -= 1;
  }
}

/** A source that says nothing until it is ended. */
function silence(): AsyncIterableIterator<{ no: number }> {
  openTicks.count += 1;
  let finish: (result: IteratorResult<{ no: number }>) => void = () => undefined;
  const source: AsyncIterableIterator<{ no: number }> = {
    next: () => new Promise((resolve) => (finish = resolve)),
    return: async () => {
      openTicks.count -= 1;
      finish({ done: true, value: undefined });
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => source,
  };
  return source;
}

@Resolver(() => ShopType)
export class StandInResolver {
  @Query(() => Int, { description: 'Anybody: stands for the public quote.' })
  quoteAccrual(): number {
    return 42;
  }

  @Query(() => ShopType, { nullable: true, description: 'OPERATOR, PARTNER: a shop.' })
  shop(@Arg('id', () => ID, { description: 'Id.' }) id: string): object | undefined {
    return SHOPS.find((shop) => shop.id === id) ?? SHOPS[0];
  }

  @Query(() => String, { description: 'OPERATOR, PARTNER, MEMBER: who asks.' })
  whoAmI(@Ctx() { viewer }: Context): string {
    return viewer.role;
  }

  @Query(() => ShopConnection, { description: 'OPERATOR: all shops.' })
  shops(@Args(() => PageArgs) request: PageArgs): object {
    const slice = readPage(request, 1);
    const [after = 0] = slice.after ?? [];
    const [before = Number.MAX_SAFE_INTEGER] = slice.before ?? [];
    const rows = SHOPS.filter(({ no }) => no > Number(after) && no < Number(before));
    const ordered = slice.backwards ? rows.reverse() : rows;
    return toConnection(
      toPage(ordered.slice(0, slice.size + 1), slice.size, slice),
      (row) => row,
      ({ no }) => [no],
    );
  }

  @FieldResolver(() => ShopConnection, { description: 'Shops near it.' })
  neighbours(@Args(() => PageArgs) request: PageArgs): object {
    return this.shops(request);
  }

  @Query(() => String, { description: 'OPERATOR: so many letters, after a while.' })
  async letters(
    @Arg('count', () => Int, { description: 'How many.' }) count: number,
    @Arg('afterMs', () => Int, { defaultValue: 0, description: 'After so many milliseconds.' }) afterMs: number,
  ): Promise<string> {
    lettersUnderWay.count += 1;
    await setTimeout(afterMs);
    lettersUnderWay.count -= 1;
    return 'x'.repeat(count);
  }

  @Query(() => String, { nullable: true, description: 'OPERATOR: fails by a fault.' })
  broken(): string {
    throw new Error('password is hunter2 at 10.0.0.1');
  }

  @Query(() => String, { nullable: true, description: 'OPERATOR: is refused.' })
  refusedToAll(): string {
    throw new GraphQLError('No.', { extensions: { code: 'FORBIDDEN' } });
  }

  @Mutation(() => Points, { description: 'PARTNER: adds points.' })
  addPoints(@Arg('input', () => AddPointsInput, { description: 'What to add.' }) input: AddPointsInput): bigint {
    return input.points + 1n;
  }

  @Mutation(() => Int, { description: 'PARTNER: adds many.' })
  addMany(@Arg('inputs', () => [AddPointsInput], { description: 'What to add.' }) inputs: AddPointsInput[]): number {
    return inputs.length;
  }

  @Subscription(() => TickType, {
    subscribe: ({ args }) => (args.until === 0 ? silence() : ticks(Number(args.until))),
    description: 'OPERATOR, PARTNER, MEMBER: ticks.',
  })
  async ticked(
    @Root() tick: { no: number },
    @Arg('until', () => Int, { description: 'How many; 0 for silence.' }) _until: number,
  ): Promise<TickType> {
    return tick;
  }

  @Subscription(() => Int, { subscribe: () => ticks(3), description: 'OPERATOR: how often something was loaded.' })
  async loadedAgain(@Root() _tick: { no: number }, @Ctx() { load }: Context): Promise<number> {
    return load(loadNumber, 'same key');
  }
}
