import { type GatehouseUrls } from '@gatehouse/local-stack';
import { firstAdminEmail } from './first-admin';

/** Where the parts of a running Gatehouse are. */
export interface RunningParts {
  readonly urls: GatehouseUrls;
  /** Relative to the checkout where possible. */
  readonly logDirectory: string;
}

/** The banner of a run with the emulator: addresses, and commands that show the main job. No secret is part of it. */
export function tryEmulator({ urls, logDirectory, settingsFile }: RunningParts & { settingsFile: string }): string {
  const secret = `$(node -p 'require("${settingsFile}").clerkSecretKey')`;
  const token = (who: string) => `-H "Authorization: Bearer $(npm run -s token -- ${who})"`;
  return `
  gateway        ${urls.gateway}        (documentation: ${urls.gateway}/docs)
  webhook-ingest ${urls.ingest}/webhooks/clerk
  clerk-emulator ${urls.emulator}        (a page to look at; plays Clerk)
  logs           ${logDirectory}/<service>.log

Pages of this machine (localhost, 127.0.0.1, [::1]), on any port, may call the gateway.

Try, in another terminal, in this folder:

  1. Make a user at "Clerk"; its signed webhook goes through ingest, NATS and user-sync.
     curl -s ${urls.emulator}/v1/users -H "Authorization: Bearer ${secret}" \\
       -H 'Content-Type: application/json' -d '{"email_address":["asha@example.com"],"first_name":"Asha"}'

  2. Call the gateway as that user, with a session token of 60 seconds.
     curl -s ${urls.gateway}/api/me ${token('asha@example.com')}

  3. Act as the first admin (${firstAdminEmail}): see what became of the webhooks, and the users.
     curl -s ${urls.gateway}/admin/webhook-events ${token(firstAdminEmail)}
     curl -s ${urls.gateway}/admin/users ${token(firstAdminEmail)}

Ctrl-C stops everything; the data stays.
`;
}

/** The banner of a run with a Clerk of the caller's own: addresses and the first steps. */
export function tryOwnClerk({ urls, logDirectory, issuer }: RunningParts & { issuer: string }): string {
  return `
  gateway        ${urls.gateway}        (documentation: ${urls.gateway}/docs)
  webhook-ingest ${urls.ingest}/webhooks/clerk
  Clerk          ${issuer}        (your own: no emulator runs, no user and no admin was made)
  logs           ${logDirectory}/<service>.log

Pages of this machine (localhost, 127.0.0.1, [::1]), on any port, may call the gateway; CORS_ORIGINS,
CLERK_AUTHORIZED_PARTIES and REDIRECT_ORIGINS name others. user-sync writes ids and roles to this Clerk;
CLERK_WRITE_BACK=off keeps it from that.

Next, in another terminal, in this folder:

  1. In Clerk's dashboard, add a webhook endpoint that reaches ${urls.ingest}/webhooks/clerk (on this machine:
     through a tunnel) and subscribe it to user.* and session.*.

  2. Make yourself an admin, by an e-mail address that Clerk shows as verified.
     npm run admin -- you@example.com

  3. Sign in with your frontend, and call the gateway with the session's token.
     curl -s ${urls.gateway}/api/me -H "Authorization: Bearer <session token>"

Ctrl-C stops everything; the data stays.
`;
}
