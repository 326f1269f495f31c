import type { Input, Member, Nova, RedemptionPayload, UserError } from '../support/coalition.ts';

interface Token {
  readonly value: string | null;
  readonly expiresAt: string;
}

interface TokenPayload {
  readonly token: Token | null;
  readonly replayed: boolean;
  readonly userErrors: readonly UserError[];
}

interface Awaiting {
  readonly id: string;
  readonly status: string;
  readonly heldPoints: number;
  readonly partner: { readonly code: string };
}

/** What members do at a till and afterwards, on top of a coalition's verbs. */
export interface ApprovalApi {
  token(member: Member, key?: string): Promise<TokenPayload>;
  /** A token's value. */
  show(member: Member): Promise<string>;
  approve(member: Member, redemptionId: string, key?: string): Promise<RedemptionPayload>;
  decline(member: Member, redemptionId: string, key?: string): Promise<RedemptionPayload>;
  awaiting(member: Member): Promise<readonly Awaiting[]>;
}

export function approvalApi(nova: Nova): ApprovalApi {
  const pay = async <T>(member: Member, name: string, input: Input): Promise<T> => {
    const [payload] = Object.values(await nova.run<Record<string, T>>(member.token, name, { input }));
    if (payload === undefined) throw new Error(`${name} answered nothing`);
    return payload;
  };
  const token: ApprovalApi['token'] = (member, idempotencyKey = nova.newKey()) =>
    pay(member, 'create-redemption-token', { idempotencyKey });
  return {
    token,
    show: async (member) => (await token(member)).token?.value ?? '',
    approve: (member, redemptionId, idempotencyKey = nova.newKey()) => pay(member, 'approve-step-up', { redemptionId, idempotencyKey }),
    decline: (member, redemptionId, idempotencyKey = nova.newKey()) => pay(member, 'decline-redemption', { redemptionId, idempotencyKey }),
    awaiting: async (member) =>
      (await nova.run<{ me: { awaitingApproval: Awaiting[] } }>(member.token, 'my-awaiting-approvals')).me.awaitingApproval,
  };
}
