import { type GatehouseUrls } from '@gatehouse/testing';
import { firstAdminEmail } from './first-admin';

/** Where the parts of a running Gatehouse are, and what is known of its set-up. */
export interface WhatToTry {
  urls: GatehouseUrls;
  /** Relative to the checkout where possible. */
  settingsFile: string;
  /** True when the caller has set CLERK_SECRET_KEY. */
  ownSecretKey: boolean;
  logDirectory: string;
}

/** What is printed when everything runs: addresses, and commands that show the main job. No secret is part of it. */
export function tryNext({ urls, settingsFile, ownSecretKey, logDirectory }: WhatToTry): string {
  const secret = ownSecretKey ? '$CLERK_SECRET_KEY' : `$(node -p 'require("${settingsFile}").clerkSecretKey')`;
  const token = (who: string) => `-H "Authorization: Bearer $(npm run -s token -- ${who})"`;
  return `
  gateway        ${urls.gateway}        (documentation: ${urls.gateway}/docs)
  webhook-ingest ${urls.ingest}/webhooks/clerk
  clerk-emulator ${urls.emulator}        (a page to look at; plays Clerk)
  logs           ${logDirectory}/<service>.log

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
