import { randomBytes } from 'node:crypto';
import { newId } from '../clerk/ids';
import { type JsonObject } from '../clerk/json';

/** An event that Clerk can send but that no change in the emulator causes. */
interface EventPreset {
  readonly type: string;
  readonly data: JsonObject;
  /** The `instance_id` of the envelope. Undefined: the emulator's own id; null: the envelope has no `instance_id`. */
  readonly instanceId?: string | null;
}

/** Presets of `POST /emulator/events`. */
export const eventPresets = [
  'dashboard_example',
  'dashboard_example_without_instance',
  'organization_invitation',
  'waitlist_invitation',
] as const;

/**
 * Makes the event of a preset. The URL of the two invitation presets contains a random ticket. At Clerk, such a ticket
 * is a secret that signs its holder in, so a receiver must redact it before it stores the event. The emulator accepts
 * no such ticket.
 * @param now ms since 1970
 * @param issuer base URL of the links
 * @see https://clerk.com/docs/guides/development/webhooks/overview
 */
export function eventPreset(name: (typeof eventPresets)[number], now: number, issuer: string): EventPreset {
  switch (name) {
    case 'dashboard_example':
      return { type: 'user.created', data: exampleUser, instanceId: 'ins_123' };
    case 'dashboard_example_without_instance':
      return { type: 'user.created', data: exampleUser, instanceId: null };
    case 'organization_invitation':
      return { type: 'organizationInvitation.created', data: organizationInvitation(now, issuer) };
    case 'waitlist_invitation':
      return { type: 'waitlistEntry.updated', data: waitlistEntry(now, issuer) };
  }
}

/** The user in the event that Clerk's dashboard sends on "Send Example". */
const exampleUser = {
  id: 'user_29w83sxmDNGwOuEthce5gg56FcC',
  object: 'user',
  username: null,
  first_name: 'Example',
  last_name: 'Example',
  image_url: 'https://img.clerk.com/xxxxxx',
  has_image: true,
  primary_email_address_id: 'idn_29w83yL7CwVlJXylYLxcslromF1',
  primary_phone_number_id: null,
  email_addresses: [
    {
      id: 'idn_29w83yL7CwVlJXylYLxcslromF1',
      object: 'email_address',
      email_address: 'example@example.org',
      verification: { status: 'verified', strategy: 'ticket' },
      linked_to: [],
    },
  ],
  phone_numbers: [],
  external_accounts: [],
  external_id: '567772',
  password_enabled: true,
  two_factor_enabled: false,
  public_metadata: {},
  private_metadata: {},
  unsafe_metadata: {},
  last_sign_in_at: 1_654_012_591_514,
  created_at: 1_654_012_591_514,
  updated_at: 1_654_012_591_835,
};

const DAY_MS = 24 * 60 * 60 * 1000;

function organizationInvitation(now: number, issuer: string): JsonObject {
  return {
    id: newId('orginv', now),
    object: 'organization_invitation',
    email_address: 'invited@example.com',
    role: 'org:member',
    role_name: 'Member',
    organization_id: newId('org', now),
    status: 'pending',
    url: ticketUrl(now, issuer),
    public_metadata: {},
    private_metadata: {},
    expires_at: now + 30 * DAY_MS,
    created_at: now,
    updated_at: now,
  };
}

function waitlistEntry(now: number, issuer: string): JsonObject {
  const invitation = {
    id: newId('inv', now),
    object: 'invitation',
    email_address: 'waiting@example.com',
    public_metadata: {},
    revoked: false,
    status: 'pending',
    url: ticketUrl(now, issuer),
    expires_at: now + 30 * DAY_MS,
    created_at: now,
    updated_at: now,
  };
  return {
    id: newId('wle', now),
    object: 'waitlist_entry',
    email_address: 'waiting@example.com',
    status: 'invited',
    is_locked: false,
    invitation,
    created_at: now,
    updated_at: now,
  };
}

function ticketUrl(now: number, issuer: string): string {
  const ticket = ['{"alg":"RS256","typ":"JWT"}', `{"eid":"${newId('inv', now)}"}`]
    .map((part) => Buffer.from(part).toString('base64url'))
    .concat(randomBytes(256).toString('base64url'))
    .join('.');
  return `${issuer}/v1/tickets/accept?ticket=${ticket}&__clerk_ticket=${ticket}`;
}
