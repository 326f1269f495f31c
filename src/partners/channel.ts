/** Ways in which a member meets a partner. */
export const CHANNELS = ['WEB', 'APP', 'POS', 'KIOSK', 'AGENT', 'VOICE', 'PARTNER_API'] as const;
export type Channel = (typeof CHANNELS)[number];
