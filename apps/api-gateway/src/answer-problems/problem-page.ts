import { STATUS_CODES } from 'node:http';
import { type FastifyRequest } from 'fastify';
import { type Answer } from './answer';

const OPERATOR = 'For the operator: ';

/** What the person in front of the browser, or the operator, can do about a problem, by its code. */
const advice: Readonly<Record<string, string>> = {
  token_party_unlisted: `${OPERATOR}add the origin of the page that signs people in to CLERK_AUTHORIZED_PARTIES.`,
  token_party_missing: `${OPERATOR}the token names no origin, and CLERK_REQUIRE_AZP demands one.`,
  token_issuer_unknown: `You are signed in to another application. Sign in to this one. ${OPERATOR}check CLERK_ISSUER.`,
  token_impersonated: 'Somebody acts as this user. End the impersonation and sign in as yourself.',
  token_not_yet_valid: `Try again in a few seconds. ${OPERATOR}the clock of this server is behind Clerk's by more than five seconds.`,
  token_session_pending: 'Your account has a task to finish. Go back to the sign-in page and finish it.',
  account_inactive: 'Ask an administrator to activate your account.',
  rate_limited: 'Wait a minute, then try again.',
};

/** Whether a request is a browser's navigation, whose response a person reads. */
export function isNavigation({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  const mode = headers['sec-fetch-mode'];
  return mode === undefined ? /\btext\/html\b/.test(headers.accept ?? '') : mode === 'navigate';
}

/** A problem as a page for people: without script and style, which the Content-Security-Policy forbids. */
export function problemPage(
  { status, code, detail }: Answer,
  requestId: string,
  signInUrl: string | undefined,
): string {
  const todo = advice[code] ?? (status >= 500 ? 'Try again in a minute.' : 'Try again, or sign in again.');
  const link = signInUrl === undefined ? '' : `\n<p><a href="${escape(signInUrl)}">Sign in again</a></p>`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Sign-in failed</title></head>
<body>
<h1>Sign-in failed</h1>
<p>${escape(detail ?? STATUS_CODES[status] ?? 'Error')}</p>
<p>${escape(todo)}</p>${link}
<p>Code: <code>${escape(code)}</code>. Request: <code>${escape(requestId)}</code>.</p>
</body>
</html>
`;
}

function escape(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
