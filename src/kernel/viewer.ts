/** Who asks. Established once a request from its bearer token. */
export type Viewer =
  | { readonly role: 'ANONYMOUS' }
  | { readonly role: 'OPERATOR'; readonly subject: string }
  | { readonly role: 'PARTNER'; readonly partnerId: string }
  | { readonly role: 'MEMBER'; readonly memberId: string };

export type Role = Exclude<Viewer['role'], 'ANONYMOUS'>;

/** A name for the viewer under which idempotency keys are kept: keys of one principal never meet another's. */
export function principalOf(viewer: Viewer): string {
  switch (viewer.role) {
    case 'ANONYMOUS':
      return 'anonymous';
    case 'OPERATOR':
      return 'operator';
    case 'PARTNER':
      return `partner:${viewer.partnerId}`;
    case 'MEMBER':
      return `member:${viewer.memberId}`;
  }
}

/** Whether the viewer may see what belongs to this partner alone. */
export function actsForPartner(viewer: Viewer, partnerId: string): boolean {
  return viewer.role === 'OPERATOR' || (viewer.role === 'PARTNER' && viewer.partnerId === partnerId);
}
