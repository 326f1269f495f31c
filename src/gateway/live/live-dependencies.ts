import type { GraphQLSchema } from 'graphql';
import type { Authenticate } from '../authenticate.ts';
import type { Documents } from '../documents.ts';
import type { Execute } from '../execution/create-execute.ts';
import type { FindDocument } from '../find-document.ts';
import type { GatewayDependencies } from '../gateway-config.ts';
import { type ContextSource, createEventContext, type OpenEventContext } from '../open-context.ts';
import type { ErrorPresentation } from '../present-errors.ts';
import { type Audiences, createAudiences } from './audience.ts';
import { createPrepareOperation, type PrepareOperation } from './prepare-operation.ts';
import { createSeats, type Seats } from './seats.ts';

/** What sockets and streams of events share. */
export interface LiveDependencies {
  readonly schema: GraphQLSchema;
  readonly execute: Execute;
  readonly authenticate: Authenticate;
  readonly presentation: ErrorPresentation;
  readonly openContext: OpenEventContext;
  readonly prepare: PrepareOperation;
  readonly audiences: Audiences;
  readonly seats: Seats;
}

type Given = Pick<LiveDependencies, 'schema' | 'execute' | 'authenticate' | 'presentation'> &
  Pick<GatewayDependencies, 'config'> & {
    readonly source: ContextSource;
    readonly documents: Documents;
    readonly findDocument: FindDocument;
  };

export function liveDependencies({ config, source, documents, findDocument, ...given }: Given): LiveDependencies {
  const openContext = createEventContext(source);
  return {
    ...given,
    openContext,
    prepare: createPrepareOperation(given.schema, documents, findDocument),
    audiences: createAudiences(given.execute, openContext, given.presentation),
    seats: createSeats(config.connectionsPerClient),
  };
}
