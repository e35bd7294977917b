import { findOnPath } from '@gatehouse/local-stack';
import { attempt } from './command';

/** What this machine lacks for the verification, as one sentence; undefined when it lacks nothing. */
export async function missingRequirement(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    return 'npm run verify:images needs root on Linux, because it makes a base image with debootstrap.';
  }
  for (const program of ['docker', 'debootstrap', 'apt-get', 'tar']) {
    if (findOnPath(program, process.env.PATH ?? '') === undefined)
      return `npm run verify:images needs ${program} on the PATH.`;
  }
  const { code } = await attempt('docker', ['version', '--format', '{{.Server.Version}}'], { timeoutMs: 20_000 });
  return code === 0 ? undefined : 'npm run verify:images needs a Docker engine, and none answers: start dockerd first.';
}
