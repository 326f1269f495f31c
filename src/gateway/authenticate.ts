import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { parseIdOf } from '../kernel/ids.ts';
import type { Viewer } from '../kernel/viewer.ts';
import type { Db } from '../platform/database.ts';
import type { GatewayDependencies } from './gateway-config.ts';
import { issuerVerifier, RefusedToken, sandboxVerifier, type TokenClaims, type VerifyToken } from './tokens.ts';

export interface Authenticated {
  readonly viewer: Viewer;
  /** When the token ends; nobody's rights never end. */
  readonly expiresAt?: Date;
}

/** Who an `authorization` value speaks for; throws RefusedToken. What came over the same connection a moment ago is known at once. */
export type Authenticate = (authorization: string | undefined, connection?: object) => Authenticated | Promise<Authenticated>;

/** What was found out of a token, and until when that is believed without looking again. */
interface Verified {
  readonly authenticated: Authenticated;
  readonly until: number;
}

const ANONYMOUS: Authenticated = { viewer: { role: 'ANONYMOUS' } };
const BEARER = /^bearer +([\w~+/.=-]+) *$/i;
const CACHED_TOKENS = 10_000;
const TRUSTED_FOR_MS = 30_000;

/** Verified tokens are remembered, by their hash, for half a minute: a busy partner sends the same one with every request. */
export function createAuthenticate({ config, db }: GatewayDependencies): Authenticate {
  const verify = verifier({ config, db });
  const known = new LRUCache<string, Verified>({ max: CACHED_TOKENS });
  const latest = new WeakMap<object, Verified & { readonly authorization: string }>();

  async function verified(authorization: string): Promise<Verified> {
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined) throw new RefusedToken('the authorization is not a bearer token');
    const key = hash('sha256', token, 'base64');
    const before = known.get(key);
    if (before !== undefined && holds(before)) return before;
    const until = performance.now() + TRUSTED_FOR_MS;
    const claims = await verify(token);
    const now = { authenticated: { viewer: await toViewer(db, claims), expiresAt: claims.expiresAt }, until };
    known.set(key, now);
    return now;
  }

  async function find(authorization: string, connection: object | undefined): Promise<Authenticated> {
    const found = await verified(authorization);
    if (connection !== undefined) latest.set(connection, { ...found, authorization });
    return found.authenticated;
  }

  return (authorization, connection) => {
    if (authorization === undefined) return ANONYMOUS;
    const last = connection && latest.get(connection);
    return last?.authorization === authorization && holds(last) ? last.authenticated : find(authorization, connection);
  };
}

function holds({ authenticated, until }: Verified): boolean {
  return performance.now() < until && !hasExpired(authenticated);
}

export function hasExpired({ expiresAt }: Authenticated): boolean {
  return expiresAt !== undefined && expiresAt.getTime() <= Date.now();
}

function verifier({ config, db }: GatewayDependencies): VerifyToken {
  if (config.sandbox) return sandboxVerifier(db);
  if (config.jwks === undefined) throw new Error('outside the sandbox the issuer of tokens must be configured');
  return issuerVerifier(config.jwks);
}

async function toViewer(db: Db, claims: TokenClaims): Promise<Viewer> {
  switch (claims.role) {
    case 'OPERATOR':
      return { role: 'OPERATOR', subject: claims.subject };
    case 'PARTNER': {
      const [partner] = await db.rows<{ id: string }>('select id from partners.partners where code = $1', [claims.partner]);
      if (partner === undefined) throw new RefusedToken('the token names a partner that does not exist');
      return { role: 'PARTNER', partnerId: partner.id };
    }
    case 'MEMBER': {
      const memberId = parseIdOf('Member', claims.member);
      if (memberId === undefined) throw new RefusedToken('the token does not name a member');
      return { role: 'MEMBER', memberId };
    }
  }
}
