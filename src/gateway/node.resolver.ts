import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { NodeType } from '../platform/graphql/common.types.ts';
import type { Context } from '../platform/graphql/context.ts';
import { viewerAs } from '../platform/graphql/rights.ts';
import { readNode } from './nodes.ts';

@Resolver()
export class NodeResolver {
  @Query(() => NodeType, {
    nullable: true,
    description: 'OPERATOR, PARTNER, MEMBER: any object by its id; null when there is none that the viewer may see.',
  })
  async node(
    @Ctx() context: Context,
    @Arg('id', () => ID, { description: 'Opaque id, with its prefix.' }) id: string,
  ): Promise<object | undefined> {
    viewerAs(context.viewer, 'OPERATOR', 'PARTNER', 'MEMBER');
    return readNode(context, id);
  }
}
