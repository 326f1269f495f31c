import { enumType } from '../platform/graphql/enum.ts';
import type { Channel } from './channel.ts';

export const ChannelEnum = enumType<Channel>('Channel', 'The way in which a member meets a partner.', {
  WEB: 'A web shop.',
  APP: 'A mobile app.',
  POS: 'A till in a store.',
  KIOSK: 'A self-service terminal.',
  AGENT: 'A person of the partner who acts for the member.',
  VOICE: 'A voice assistant.',
  PARTNER_API: "A partner's own system, without saying more.",
});
