/** What the documentation says about status 429 of the routes that use a quota. */
export const QUOTA_EXCEEDED =
  '`quota_exceeded`: the request needs more than is left. It changed nothing; `quota` tells what is left and when it renews. ' +
  '`rate_limited`: too many requests. `Retry-After` tells when to retry';
