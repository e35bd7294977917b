/** Exit codes of `gatehouse`. Scripts act on them, so their meaning never changes. */
export const exitCodes = {
  ok: 0,
  /** The gateway refused the request for another reason than those below, or a run ended with a failure. */
  failed: 1,
  /** The arguments, the settings or a profile are wrong. Nothing was sent. */
  usage: 2,
  /** The credential is missing, expired or revoked, or has not the right. */
  forbidden: 3,
  /** What was named does not exist. */
  notFound: 4,
  /** No response, no complete one, or a service behind the gateway is unavailable. Try again later. */
  unavailable: 5,
  /** `doctor` found something to do. */
  findings: 6,
  /** Not confirmed, or interrupted by Ctrl-C. */
  interrupted: 130,
} as const;

/** One of {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
