import type { Database } from '../platform/database.ts';

/** What the gateway wants to know of the configuration. */
export interface GatewayConfig {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Whether the schema may be asked for. */
  readonly introspection: boolean;
  /** Whether the in-browser editor is served. */
  readonly editor: boolean;
  /** Whether error messages may name fields and types that were perhaps meant. */
  readonly suggestions: boolean;
  /** Sockets and streams at a time of one partner, one member or the operator. */
  readonly connectionsPerClient: number;
  /** Tokens signed with the key in the database; the program's clock can be set. */
  readonly sandbox: boolean;
  /** Where the documents are that clients need not send. */
  readonly trustedDocuments?: string | undefined;
  /** Whether no other documents are executed. */
  readonly onlyTrustedDocuments?: boolean;
  /** Who signs the tokens outside the sandbox. */
  readonly jwks?: TokenIssuer | undefined;
}

export interface TokenIssuer {
  /** Address of the key set (RFC 7517). */
  readonly url: string;
  readonly issuer: string;
  readonly audience: string;
}

export interface GatewayDependencies {
  readonly config: GatewayConfig;
  readonly db: Database;
}
