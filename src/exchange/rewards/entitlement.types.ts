import { Field, ObjectType } from 'type-graphql';
import { toPublicId } from '../../kernel/ids.ts';
import type { Viewer } from '../../kernel/viewer.ts';
import { NodeType } from '../../platform/graphql/common.types.ts';
import { connectionOf } from '../../platform/graphql/connection.ts';
import { enumType } from '../../platform/graphql/enum.ts';
import { DateTime } from '../../platform/graphql/scalars.ts';
import type { Entitlement } from './entitlement.ts';

type EntitlementStatus = 'ACTIVE' | 'REVOKED';

const EntitlementStatusEnum = enumType<EntitlementStatus>('EntitlementStatus', 'Whether an entitlement counts.', {
  ACTIVE: 'It counts, within its time.',
  REVOKED: 'The points were given back in full, and it no longer counts.',
});

@ObjectType('Entitlement', {
  implements: NodeType,
  description: 'What a member has got for points: for the member, the partner that gives it and the operator.',
})
export class EntitlementType extends NodeType {
  readonly entitlement!: Entitlement;

  @Field(() => String, { nullable: true, description: 'The code that the partner honours; null to the operator.' })
  readonly code?: string | undefined;

  @Field(() => EntitlementStatusEnum, { description: 'Whether it counts.' })
  readonly status!: EntitlementStatus;

  @Field(() => DateTime, { description: 'From when it is valid.' })
  readonly validFrom!: Date;

  @Field(() => DateTime, { nullable: true, description: 'Until when it is valid, exclusive; null for without end.' })
  readonly validUntil?: Date | undefined;

  @Field(() => DateTime, { nullable: true, description: 'When it was taken back.' })
  readonly revokedAt?: Date | undefined;
}

/** An entitlement as somebody sees it who may: the code is for the member and the partner that honours it. */
export function toEntitlement(entitlement: Entitlement, viewer: Viewer): EntitlementType {
  const { id, code, validFrom, validUntil, revokedAt } = entitlement;
  return {
    entitlement,
    id: toPublicId('Entitlement', id),
    code: viewer.role === 'OPERATOR' ? undefined : code,
    status: revokedAt === undefined ? 'ACTIVE' : 'REVOKED',
    validFrom,
    validUntil,
    revokedAt,
  };
}

export const EntitlementConnection = connectionOf<EntitlementType>('Entitlement', () => EntitlementType);
