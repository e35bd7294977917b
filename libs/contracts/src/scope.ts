import { z } from 'zod';

/** Scopes of API keys, with what each allows. A route that accepts API keys declares one of them. */
export const scopes = {
  'audit:read': 'Read the audit log (admins).',
  'conflicts:read': 'List conflicts over e-mail addresses and phone numbers (admins).',
  'keys:admin': "List and revoke everybody's API keys (admins).",
  'keys:read': "List the holder's own API keys, never the keys themselves.",
  'metadata-collisions:decide': 'Decide about metadata collisions (admins).',
  'metadata-collisions:read': 'List metadata collisions (admins).',
  'profile:read': "Read the holder's own profile.",
  'profile:write': "Change the holder's own profile.",
  'reconcile:read': 'Read reconcile runs (admins).',
  'reconcile:write': 'Start, approve and undo reconcile runs (admins).',
  'stats:read': 'Read the statistics of the event ledger (admins).',
  'users:read': 'List, show and explain users (admins).',
  'users:write': 'Change tier and activity of users, and sync them with Clerk (admins).',
  'webhook-events:erase': 'Erase the stored payloads of a user (admins).',
  'webhook-events:read': 'Read webhook events (admins).',
  'webhook-events:redrive': 'Redrive webhook events (admins).',
  'write-backs:read': 'List pending and failed write-backs to Clerk (admins).',
  'write-backs:retry': 'Retry failed write-backs to Clerk (admins).',
} as const satisfies Record<`${string}:${string}`, string>;

const names = Object.keys(scopes);
const wildcards = names.flatMap((scope) => {
  const [noun, verb] = scope.split(':');
  return [`${noun}:*`, `*:${verb}`];
});

/** Scopes that a new key can have: {@link scopes}, and wildcards such as `users:*`, `*:read` and `*:*`. */
const grantableScopes: readonly string[] = [...new Set([...names, ...wildcards, '*:*'])].sort();

/** A scope of a new key. Rejects unknown scopes: they would allow nothing, which nobody would notice before using the key. */
export const scopeSchema = z.enum(grantableScopes, {
  error: `is not a scope: use one of ${names.join(', ')}, or * for either side`,
});

/** The scopes of API keys, and what each allows. */
export const scopeListSchema = z.object({
  items: z.array(z.object({ scope: z.string(), description: z.string() })),
});

/** The scopes of API keys, and what each allows. */
export type ScopeList = z.output<typeof scopeListSchema>;
