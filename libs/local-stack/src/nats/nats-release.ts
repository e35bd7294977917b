import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChecksumMismatchError, DownloadFailedError } from '../errors';
import { runCommand } from '../processes/run-command';
import { makeDirectory } from '../processes/make-directory';

/** The official release to download. The SHA-256 sums are those in NATS's own Dockerfiles. */
export const natsRelease = {
  version: '2.14.5',
  base: 'https://github.com/nats-io/nats-server/releases/download',
  sha256: {
    'linux-x64': { arch: 'amd64', sum: '5e3b603d47c447bda1f77f9ac16dbf91c90aac4ff3681f8fbbc7201e4ed99355' },
    'linux-arm64': { arch: 'arm64', sum: '673a98d3faa79dde3f9ebf16d6dfac36a5f694e7ad2015e4954dd7939c85cd4c' },
  } as Record<string, { arch: string; sum: string } | undefined>,
};

/** What to download, and where to put it. */
export interface ReleaseDownload {
  /** e.g. `linux-x64` */
  platform: string;
  /** Folder for the program, whose file name includes the version. */
  cacheDirectory: string;
  /** Base URL in place of GitHub's; `/v<version>/<archive>` is appended. */
  base?: string;
  /** Expected SHA-256 of the archive; by default the pinned sum. */
  sha256?: string;
  /** Maximum time until the response headers, in milliseconds. */
  connectTimeoutMs?: number;
  /** Maximum time for the whole download, in milliseconds. */
  totalTimeoutMs?: number;
}

/** File name of the cached release. */
export const cachedReleaseName = `nats-server-${natsRelease.version}`;

/**
 * Downloads the pinned release, verifies its checksum, and moves the program into the cache atomically.
 * @returns the path of the program
 * @throws DownloadFailedError, ChecksumMismatchError, CommandFailedError
 */
export async function downloadNatsRelease(options: ReleaseDownload): Promise<string> {
  const pin = natsRelease.sha256[options.platform];
  if (!pin) throw new DownloadFailedError(`no checksum is pinned for ${options.platform}`);
  const folder = `nats-server-v${natsRelease.version}-linux-${pin.arch}`;
  const url = `${options.base ?? natsRelease.base}/v${natsRelease.version}/${folder}.tar.gz`;
  const archive = await download(url, options.connectTimeoutMs ?? 5000, options.totalTimeoutMs ?? 60_000);
  const sum = createHash('sha256').update(archive).digest('hex');
  if (sum !== (options.sha256 ?? pin.sum)) throw new ChecksumMismatchError(url);

  makeDirectory(options.cacheDirectory);
  const work = mkdtempSync(join(options.cacheDirectory, 'unpack-'));
  try {
    writeFileSync(join(work, 'archive.tar.gz'), archive);
    await runCommand('tar', ['-xzf', 'archive.tar.gz', `${folder}/nats-server`], { cwd: work, timeoutMs: 30_000 });
    const program = join(options.cacheDirectory, cachedReleaseName);
    chmodSync(join(work, folder, 'nats-server'), 0o755);
    renameSync(join(work, folder, 'nats-server'), program);
    return program;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function download(url: string, connectTimeoutMs: number, totalTimeoutMs: number): Promise<Buffer> {
  const stop = new AbortController();
  const connecting = setTimeout(
    () => stop.abort(new Error(`no answer in ${connectTimeoutMs / 1000} s`)),
    connectTimeoutMs,
  );
  const whole = setTimeout(() => stop.abort(new Error(`not done in ${totalTimeoutMs / 1000} s`)), totalTimeoutMs);
  try {
    const response = await fetch(url, { signal: stop.signal, redirect: 'follow', headers: { connection: 'close' } });
    clearTimeout(connecting);
    if (!response.ok) throw new DownloadFailedError(`${url}: HTTP ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  } catch (cause) {
    if (cause instanceof DownloadFailedError) throw cause;
    const { message, cause: inner } = cause as Error;
    throw new DownloadFailedError(`${url}: ${inner instanceof Error ? inner.message : message}`, { cause });
  } finally {
    clearTimeout(connecting);
    clearTimeout(whole);
  }
}
