import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aptOptions, ownLists } from '@gatehouse/local-stack';
import { run } from './command';
import { VerifyError } from './errors';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The mirror of Debian from which this machine installs its packages. @throws VerifyError on another distribution */
export async function debianMirror(): Promise<string> {
  const targets = await run('apt-get', ['indextargets', '--format', '$(ORIGIN) $(REPO_URI)', 'Created-By: Packages']);
  const uris = targets.split('\n').filter((line) => /^Debian \S+\/debian\/?$/.test(line));
  const uri = uris[0]?.split(' ')[1];
  if (uri === undefined)
    throw new VerifyError("apt-get knows no mirror of Debian: run 'apt-get update' on Debian first.");
  return uri;
}

/**
 * Unpacks a package of another release of Debian into a folder, without installing it. apt checks its signature.
 * @throws VerifyError
 */
export async function unpackPackage(name: string, release: string, folder: string): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'gatehouse-apt-'));
  try {
    const list = join(work, 'sources.list');
    writeFileSync(list, `deb [signed-by=${KEYRING}] ${await debianMirror()} ${release} main\n`);
    const source = ['-o', `Dir::Etc::sourcelist=${list}`, '-o', 'Dir::Etc::sourceparts=/dev/null'];
    const options = [...aptOptions(), ...ownLists(join(work, 'apt')), ...source];
    await run('apt-get', [...options, 'update'], { cwd: work });
    await run('apt-get', [...options, 'download', name], { cwd: work });
    const file = readdirSync(work).find((entry) => entry.endsWith('.deb'));
    if (file === undefined) throw new VerifyError(`apt-get downloaded no package ${name}.`);
    await run('dpkg', ['-x', join(work, file), folder]);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
