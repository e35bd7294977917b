/** First version of Node with `crypto.argon2`, which verifies passwords. */
const REQUIRED = { major: 24, minor: 7 };

/**
 * Returns why this version of Node cannot run the services, as one sentence; undefined when it can.
 * @param version as in `process.versions.node`, e.g. `20.19.4`
 */
export function nodeVersionProblem(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > REQUIRED.major || (major === REQUIRED.major && minor >= REQUIRED.minor)) return undefined;
  return `Gatehouse's services need Node ${REQUIRED.major}.${REQUIRED.minor} or later; this is Node ${version}.`;
}
