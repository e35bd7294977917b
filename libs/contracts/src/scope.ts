import { z } from 'zod';
import { shownValue } from './shown-value';

/** Scopes of API keys, with what each allows. A route that accepts API keys declares one of them. */
export const scopes = {
  'audit:read': 'Read the audit log (admins).',
  'auth-sessions:admin': "List and end everybody's sessions (admins).",
  'auth-sessions:read': "List the holder's own sessions.",
  'auth-sessions:write': 'End single sessions of the holder. Ending all at once needs a session.',
  'conflicts:read': 'List conflicts over e-mail addresses and phone numbers (admins).',
  'gate:read': 'Show the gate policy in use, and explain which route decides on a request (admins).',
  'items:read': "List and show the holder's own items.",
  'items:write': "Create, change and delete the holder's own items.",
  'keys:admin': "List and revoke everybody's API keys (admins).",
  'keys:read': "List the holder's own API keys, never the keys themselves.",
  'me:export': 'Export everything that is stored about the holder.',
  'metadata-collisions:decide': 'Decide about metadata collisions (admins).',
  'metadata-collisions:read': 'List metadata collisions (admins).',
  'profile:read': "Read the holder's own profile.",
  'profile:write': "Change the holder's own profile.",
  'quotas:read': 'Show the limits, quotas and ledgers of users (admins).',
  'quotas:write': 'Grant quotas to users, and set their limits (admins).',
  'realtime:read': "Receive the holder's changes as they happen: those that the key may also read.",
  'reconcile:read': 'Read reconcile runs (admins).',
  'reconcile:write': 'Start, approve and undo reconcile runs (admins).',
  'referral:write': "Use another user's referral code for the holder.",
  'sessions:read': "List and show the holder's own assistant sessions.",
  'sessions:write': "Create, change and delete the holder's own assistant sessions.",
  'stats:read': 'Read the statistics of the event ledger (admins).',
  'templates:read': "List and show the holder's own templates, and everybody's public ones.",
  'templates:write': "Create, change and delete the holder's own templates.",
  'tokens:read': "Show the holder's own quota of tokens.",
  'tokens:write': "Consume and reserve tokens of the holder's own quota.",
  'uploads:read': "List the holder's own recorded documents, and show the quota of uploads.",
  'uploads:write': "Record documents against the holder's own quota of uploads.",
  'user-data:read': 'List and show what users own, as the user (admins).',
  'user-data:write': 'Create, change and delete what users own, as the user (admins).',
  'users:delete': 'Delete local users, for ever, and what they own (admins).',
  'users:import': 'Upload, show, discard and undo imports of users (admins). Approving one needs a session.',
  'users:read': 'Find, list, show and explain users (admins).',
  'users:write': 'Change tier, activity and Stripe customer id of users, and sync them with Clerk (admins).',
  'webhook-events:erase': 'Erase the stored payloads of a user and what the user owns (admins).',
  'webhook-events:read': 'Read webhook events (admins).',
  'webhook-events:redrive': 'Redrive webhook events (admins).',
  'write-backs:read': 'List pending and failed write-backs to Clerk (admins).',
  'write-backs:retry': 'Retry failed write-backs to Clerk (admins).',
} as const satisfies Record<`${string}:${string}`, string>;

const SCOPE = /^(?:\*|[a-z][a-z0-9-]{0,62}):(?:\*|[a-z][a-z0-9-]{0,62})$/;

/**
 * A scope of a new key: one of {@link scopes}, one that the gate policy of the gateway declares, or a wildcard such as
 * `users:*`, `*:read` and `*:*`. Only the gateway knows its policy, so it rejects unknown scopes; services check the form.
 */
export const scopeSchema = z
  .string()
  .regex(SCOPE, 'must be <noun>:<verb> in lower case, such as items:read; either side may be *')
  .meta({ examples: ['items:read', 'items:*', '*:read', '*:*'] });

/** Where a scope is declared: in Gatehouse itself, or in the gate policy of the gateway. */
const scopeSources = ['gatehouse', 'policy'] as const;

/** The scopes of API keys, and what each allows. */
export const scopeListSchema = z.object({
  items: z.array(z.object({ scope: z.string(), description: z.string(), source: shownValue(scopeSources) })),
});

/** The scopes of API keys, and what each allows. */
export type ScopeList = z.output<typeof scopeListSchema>;
