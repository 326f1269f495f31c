import { randomBytes } from 'node:crypto';
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { type Database, type Db, transact } from '../platform/database.ts';
import type { TokenIssuer } from './gateway-config.ts';

/** Whom a token speaks for: the operator by the name of a person, the partner by its code, the member by its public id. */
export type TokenSubject =
  | { role: 'OPERATOR'; person?: string }
  | { role: 'PARTNER'; partner: string }
  | { role: 'MEMBER'; member: string };

export type TokenClaims = TokenSubject & { readonly subject: string; readonly expiresAt: Date };

export type VerifyToken = (token: string) => Promise<TokenClaims>;

/** Thrown for a token that is malformed, expired, signed by somebody else or lacks a claim. */
export class RefusedToken extends Error {}

const SECRET_NAME = 'sandbox_token_key';
const SANDBOX = { issuer: 'pointsettia-sandbox', audience: 'pointsettia' };
const SANDBOX_ALGORITHM = 'HS256';
const ISSUER_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
const THIRTY_DAYS = 30 * 24 * 60 * 60;

const role = z.string().transform((value) => value.toUpperCase());
const claims = z.object({
  exp: z.number(),
  sub: z.string().optional(),
  role: role.pipe(z.enum(['OPERATOR', 'PARTNER', 'MEMBER'])),
  partner: z.string().optional(),
  member: z.string().optional(),
});

/** The key that signs sandbox tokens: the first process makes it, all others on the database share it. */
async function sandboxKey(db: Database): Promise<Uint8Array> {
  const existing = await readKey(db);
  if (existing !== undefined) return existing;
  return transact(db, async (tx) => {
    const fresh = randomBytes(32).toString('base64url');
    await tx.rows('insert into platform.secrets (name, value) values ($1, $2) on conflict (name) do nothing', [SECRET_NAME, fresh]);
    const key = await readKey(tx);
    if (key === undefined) throw new Error('the signing key of the sandbox was not stored');
    return key;
  });
}

async function readKey(db: Db): Promise<Uint8Array | undefined> {
  const [row] = await db.rows<{ value: string }>('select value from platform.secrets where name = $1', [SECRET_NAME]);
  return row && Buffer.from(row.value, 'base64url');
}

/** A bearer token for the sandbox. */
export async function mintSandboxToken(db: Database, subject: TokenSubject, lifetimeSeconds = THIRTY_DAYS): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ ...subject })
    .setProtectedHeader({ alg: SANDBOX_ALGORITHM, typ: 'JWT' })
    .setSubject(nameOf(subject))
    .setIssuer(SANDBOX.issuer)
    .setAudience(SANDBOX.audience)
    .setIssuedAt(now)
    .setExpirationTime(now + lifetimeSeconds)
    .sign(await sandboxKey(db));
}

function nameOf(subject: TokenSubject): string {
  switch (subject.role) {
    case 'OPERATOR':
      return subject.person ?? 'operator';
    case 'PARTNER':
      return subject.partner;
    case 'MEMBER':
      return subject.member;
  }
}

/** Verifies tokens of the sandbox on this database. */
export function sandboxVerifier(db: Database): VerifyToken {
  let key: Promise<Uint8Array> | undefined;
  return async (token) => {
    key ??= sandboxKey(db).catch((error: unknown) => {
      key = undefined;
      throw error;
    });
    const secret = await key;
    return accept(() => jwtVerify(token, secret, { ...SANDBOX, algorithms: [SANDBOX_ALGORITHM] }));
  };
}

/** Verifies tokens of an identity provider against its published keys. */
export function issuerVerifier({ url, issuer, audience }: TokenIssuer): VerifyToken {
  const keys = createRemoteJWKSet(new URL(url));
  return (token) => accept(() => jwtVerify(token, keys, { issuer, audience, algorithms: ISSUER_ALGORITHMS, requiredClaims: ['exp'] }));
}

async function accept(verify: () => Promise<{ payload: JWTPayload }>): Promise<TokenClaims> {
  try {
    const { payload } = await verify();
    return toClaims(payload);
  } catch (error) {
    if (isRefusal(error)) throw new RefusedToken(error.message);
    throw error;
  }
}

/** Whether the token is at fault, not the key set or the network. */
function isRefusal(error: unknown): error is Error {
  return error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout) && error.code !== 'ERR_JOSE_GENERIC';
}

function toClaims(payload: JWTPayload): TokenClaims {
  const parsed = claims.safeParse(payload);
  if (!parsed.success) throw new RefusedToken('the token has no role, or no expiry');
  const { role: named, partner, member, sub, exp } = parsed.data;
  const common = { subject: sub ?? named.toLowerCase(), expiresAt: new Date(exp * 1000) };
  if (named === 'OPERATOR') return { role: named, ...common };
  if (named === 'PARTNER' && partner !== undefined) return { role: named, partner, ...common };
  if (named === 'MEMBER' && member !== undefined) return { role: named, member, ...common };
  throw new RefusedToken(`a token of role ${named} must say which`);
}
