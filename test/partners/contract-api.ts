import type { Input, Nova, UserError } from '../support/coalition.ts';

interface Version {
  readonly number: number;
  readonly status: string;
  readonly revision: number;
  readonly type: string;
  readonly termMonths: number | null;
  readonly effectiveFrom: string;
  readonly effectiveUntil: string | null;
  readonly signatures: readonly { readonly party: string; readonly at: string; readonly note: string | null }[];
  readonly changes: readonly Readonly<Record<'kind' | 'clause' | 'field' | 'before' | 'after', string | null>>[];
}

interface Event {
  readonly kind: string;
  readonly party: string;
  readonly at: string;
  readonly note: string | null;
  readonly version: number | null;
}

/** A contract as its partner sees it. */
export interface OwnContract {
  readonly id: string;
  readonly status: string;
  readonly suspendedAt: string | null;
  readonly noticeGivenAt: string | null;
  readonly terminationCause: string | null;
  readonly earnEnd: string | null;
  readonly burnEnd: string | null;
  readonly tailEnd: string | null;
  readonly activeVersion: { readonly number: number } | null;
  readonly versions: readonly Version[];
  readonly events: readonly Event[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

export interface ContractAnswer {
  readonly contract: {
    readonly id: string;
    readonly status: string;
    readonly versions?: { readonly edges: readonly { readonly node: { readonly number: number; readonly revision?: number } }[] };
  } | null;
  readonly userErrors: readonly UserError[];
}

interface Shown extends Omit<OwnContract, 'versions' | 'events' | 'pageInfo'> {
  readonly versions: { readonly edges: readonly { readonly node: Version }[] };
  readonly events: { readonly edges: readonly { readonly node: Event }[]; readonly pageInfo: OwnContract['pageInfo'] };
}

/** The life of contracts, as operator or partner. */
export interface ContractApi {
  /** Sends a document of one mutation with the operator's token or, with a code, that partner's. */
  change(name: string, input: Input, partner?: string): Promise<ContractAnswer>;
  /** The same, expected to be done. */
  done(name: string, input: Input, partner?: string): Promise<ContractAnswer>;
  /** Signed by both. */
  sign(partner: string, contractId: string, version: number): Promise<void>;
  read(partner: string, page?: Input): Promise<OwnContract>;
}

export function contractApi(nova: Nova): ContractApi {
  const change: ContractApi['change'] = async (name, input, partner) => {
    const token = partner === undefined ? nova.operator : await nova.token(partner);
    const [payload] = Object.values(
      await nova.run<Record<string, ContractAnswer>>(token, name, { input: { idempotencyKey: nova.newKey(), ...input } }),
    );
    if (payload === undefined) throw new Error(`${name} answered nothing`);
    return payload;
  };
  const done: ContractApi['done'] = async (name, input, partner) => {
    const payload = await change(name, input, partner);
    expect(payload.userErrors).toEqual([]);
    return payload;
  };
  return {
    change,
    done,
    sign: async (partner, contractId, version) => {
      await done('sign-contract', { contractId, version }, partner);
      await done('sign-contract', { contractId, version });
    },
    read: async (partner, page = {}) => {
      const { viewerPartner } = await nova.run<{ viewerPartner: { contract: Shown } }>(await nova.token(partner), 'my-contract', page);
      const { versions, events, ...contract } = viewerPartner.contract;
      return {
        ...contract,
        versions: versions.edges.map(({ node }) => node),
        events: events.edges.map(({ node }) => node),
        pageInfo: events.pageInfo,
      };
    },
  };
}
