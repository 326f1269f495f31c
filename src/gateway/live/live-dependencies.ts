import type { GraphQLSchema } from 'graphql';
import type { Authenticate } from '../authenticate.ts';
import type { GatewayDependencies } from '../gateway-config.ts';
import { type ContextSource, createEventContext } from '../open-context.ts';
import type { ErrorPresentation } from '../present-errors.ts';
import { type Audiences, createAudiences } from './audience.ts';
import { createPrepareOperation, type PrepareOperation } from './prepare-operation.ts';
import { createSeats, type Seats } from './seats.ts';

/** What sockets and streams of events share. */
export interface LiveDependencies {
  readonly schema: GraphQLSchema;
  readonly authenticate: Authenticate;
  readonly source: ContextSource;
  readonly presentation: ErrorPresentation;
  readonly prepare: PrepareOperation;
  readonly audiences: Audiences;
  readonly seats: Seats;
}

type Given = Pick<LiveDependencies, 'schema' | 'authenticate' | 'source' | 'presentation'> & Pick<GatewayDependencies, 'config'>;

export function liveDependencies({ config, ...given }: Given): LiveDependencies {
  return {
    ...given,
    prepare: createPrepareOperation(given.schema, config),
    audiences: createAudiences(createEventContext(given.source), given.presentation),
    seats: createSeats(config.connectionsPerClient),
  };
}
