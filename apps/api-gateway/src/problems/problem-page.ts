import { createHash } from 'node:crypto';
import { type IncomingHttpHeaders, STATUS_CODES } from 'node:http';
import { type ErrorResponse } from './error-response';

/** Content-Security-Policy of a response that needs nothing. */
export const closedPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const OPERATOR = 'For the operator: ';

/** By error code: what the person at the browser or the operator can do. */
const advice: Readonly<Record<string, string>> = {
  token_party_unlisted: `${OPERATOR}add the origin of the sign-in page to CLERK_AUTHORIZED_PARTIES.`,
  token_party_missing: `${OPERATOR}the token has no azp claim, and CLERK_REQUIRE_AZP requires one.`,
  token_issuer_unknown: `You are signed in to another application. Sign in to this one. ${OPERATOR}check CLERK_ISSUER.`,
  token_impersonated: 'This session impersonates a user. End the impersonation and sign in as yourself.',
  token_not_yet_valid: `Try again in a few seconds. ${OPERATOR}the clock of this server is more than five seconds behind Clerk's.`,
  token_session_pending: 'Your account has a task to finish. Go back to the sign-in page and finish it.',
  account_inactive: 'Ask an administrator to activate your account.',
  role_insufficient: 'Ask an administrator for this role.',
  cookie_origin_refused: `${OPERATOR}add the origin of the page to the route's origins.`,
  rate_limited: 'Wait a minute, then try again.',
};

/** Whether the request is a browser navigation, so that a person reads the response. */
export function isNavigation({ headers }: { readonly headers: IncomingHttpHeaders }): boolean {
  const mode = headers['sec-fetch-mode'];
  return mode === undefined ? /\btext\/html\b/.test(headers.accept ?? '') : mode === 'navigate';
}

/** By status: heading of the page. */
const headings: Readonly<Record<number, string>> = {
  401: 'Sign-in failed',
  403: 'Not allowed',
  429: 'Too many requests',
};

const STYLE = `
:root { color-scheme: light dark; }
body { margin: 12vh auto 0; max-width: 34rem; padding: 0 1.5rem; font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; }
footer { margin-top: 2.5rem; font-size: 0.875rem; opacity: 0.75; }
`;

/** Content-Security-Policy for {@link problemPage}: allows only the style of the page, by its hash. */
export const pagePolicy = `${closedPolicy}; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

/** Renders an error as an HTML page without script. Send it with {@link pagePolicy}. */
export function problemPage(
  { status, code, detail }: ErrorResponse,
  requestId: string,
  signInUrl: string | undefined,
): string {
  const todo = advice[code] ?? (status >= 500 ? 'Try again in a minute.' : 'Try again, or sign in again.');
  const heading = headings[status] ?? 'This did not work';
  const link = signInUrl === undefined ? '' : `\n<p><a href="${escape(signInUrl)}">Sign in again</a></p>`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${heading}</title><style>${STYLE}</style></head>
<body>
<main>
<h1>${heading}</h1>
<p>${escape(toSentence(detail ?? STATUS_CODES[status] ?? 'Error'))}</p>
<p>${escape(todo)}</p>${link}
</main>
<footer>Code: <code>${escape(code)}</code><br>Request: <code>${escape(requestId)}</code></footer>
</body>
</html>
`;
}

/**
 * Makes a sentence of the `detail` of an error. Some services send fragments, such as `email: is held by another user`.
 */
function toSentence(detail: string): string {
  return `${detail.charAt(0).toUpperCase()}${detail.slice(1)}${detail.endsWith('.') ? '' : '.'}`;
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
