import { type GatehouseUrls } from '@gatehouse/local-stack';
import { firstAdminEmail } from './first-admin';

/** Addresses and logs of a running Gatehouse. */
export interface RunningParts {
  readonly urls: GatehouseUrls;
  /** Path of the logs, relative to the checkout where possible. */
  readonly logDirectory: string;
}

/** The banner of a run with the emulator: addresses, and commands to try. Contains no secret. */
export function tryEmulator({
  urls,
  logDirectory,
  settingsFile,
  publishableKey,
}: RunningParts & { settingsFile: string; publishableKey: string }): string {
  const secret = `$(node -p 'require("${settingsFile}").clerkSecretKey')`;
  const token = (who: string) => `-H "Authorization: Bearer $(npm run -s token -- ${who})"`;
  return `
  gateway        ${urls.gateway}        (documentation: ${urls.gateway}/docs)
  console        ${urls.console}/console        (sign in: npm run -s gatehouse -- console)
  webhook-ingest ${urls.ingest}/webhooks/clerk
  clerk-emulator ${urls.emulator}        (has a page; takes the place of Clerk)
  logs           ${logDirectory}/<service>.log

Pages of this machine (localhost, 127.0.0.1, [::1]), on any port, may call the gateway.

Try, in another terminal, in this folder:

  1. Create a user in the emulator. Its signed webhook goes through webhook-ingest, NATS and user-sync.
     curl -s ${urls.emulator}/v1/users -H "Authorization: Bearer ${secret}" \\
       -H 'Content-Type: application/json' -d '{"email_address":["asha@example.com"],"first_name":"Asha"}'

  2. Call the gateway as that user, with a session token that is valid for 60 seconds.
     curl -s ${urls.gateway}/api/me ${token('asha@example.com')}

  3. Act as the first admin (${firstAdminEmail}): list the webhook events with their outcomes, and the users.
     curl -s ${urls.gateway}/admin/webhook-events ${token(firstAdminEmail)}
     curl -s ${urls.gateway}/admin/users ${token(firstAdminEmail)}
     The command line does the same, and more: npm run -s gatehouse -- doctor

  4. Sign users in with Clerk's own packages, as docs/how-to/clerk-react-on-the-emulator.md says. A React app needs:
     VITE_CLERK_PUBLISHABLE_KEY=${publishableKey}
     <ClerkProvider publishableKey={import.meta.env.VITE_CLERK_PUBLISHABLE_KEY} proxyUrl="/__clerk" …>
     server: { proxy: { '/__clerk': { target: '${urls.emulator}', rewrite: (path) => path.replace('/__clerk', '') } } }

  5. The same with Next.js, as docs/how-to/clerk-nextjs-on-the-emulator.md says. This writes the variables of the example:
     printf '%s\\n' > examples/nextjs/.env.local \\
       NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY=${publishableKey} \\
       CLERK_SECRET_KEY="${secret}" \\
       NEXT_PUBLIC_CLERK_PROXY_URL=${urls.emulator} \\
       NEXT_PUBLIC_CLERK_JS_URL=${urls.emulator}/npm/@clerk/clerk-js@6/dist/clerk.browser.js \\
       CLERK_API_URL=${urls.emulator} \\
       NEXT_PUBLIC_CLERK_KEYLESS_DISABLED=1 NEXT_PUBLIC_CLERK_TELEMETRY_DISABLED=1 \\
       NEXT_PUBLIC_CLERK_SIGN_IN_URL=/sign-in NEXT_PUBLIC_CLERK_SIGN_UP_URL=/sign-up \\
       NEXT_PUBLIC_GATEHOUSE_URL=${urls.gateway}

Ctrl-C stops everything and keeps the data.
`;
}

/** The banner of a run with the caller's own Clerk: addresses and the first steps. */
export function tryOwnClerk({ urls, logDirectory, issuer }: RunningParts & { issuer: string }): string {
  return `
  gateway        ${urls.gateway}        (documentation: ${urls.gateway}/docs)
  console        ${urls.console}/console        (sign in: docs/how-to/open-the-console.md)
  webhook-ingest ${urls.ingest}/webhooks/clerk
  Clerk          ${issuer}        (your own: no emulator runs, and no user or admin was created)
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

Ctrl-C stops everything and keeps the data.
`;
}
