// Finds the last release in git, and builds it in a worktree of its own.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BootstrapError, root, stateDirectory } from './bootstrap.mjs';

const GIT_TIMEOUT_MS = 120_000;
const BOOTSTRAP = "const { bootstrap, main } = await import('./tools/bootstrap.mjs'); await main(() => bootstrap());";

/**
 * The last release, as `{version, commit}`. The tag `v<version>` names the commit. Without the tag, for example in a
 * clone without tags, `releases.json` does.
 * @param repository folder of the clone
 * @throws BootstrapError that says how to get the commit, if the clone does not have it
 */
export function lastRelease(repository = root) {
  const [recorded] = JSON.parse(readFileSync(join(repository, 'releases.json'), 'utf8'));
  const { version } = recorded;
  if (git(repository, 'rev-parse', '--git-dir').failed) {
    throw new BootstrapError(
      `Release ${version} is built from git, and ${repository} is not a git repository: run this in a clone.`,
    );
  }
  const tagged = git(repository, 'rev-parse', '--verify', '--quiet', `refs/tags/v${version}^{commit}`);
  if (!tagged.failed && tagged.output !== recorded.commit) {
    throw new BootstrapError(
      `The tag v${version} is the commit ${tagged.output}, and releases.json records ${recorded.commit}: correct releases.json.`,
    );
  }
  if (git(repository, 'cat-file', '-e', `${recorded.commit}^{commit}`).failed) {
    const shallow = git(repository, 'rev-parse', '--is-shallow-repository').output === 'true';
    throw new BootstrapError(
      `This clone does not have release ${version}, commit ${recorded.commit}: ` +
        `run \`git fetch${shallow ? ' --unshallow' : ''} --tags\`, and then this command again.`,
    );
  }
  return recorded;
}

/**
 * Checks the release out in a git worktree, installs its lock file and builds it, unless that is done already.
 * @returns the folder of the worktree
 * @throws BootstrapError
 */
export function buildRelease({ version, commit }) {
  const releases = join(stateDirectory, 'releases');
  const folder = join(releases, version);
  // Each has its own node_modules, so earlier ones would fill the disk.
  const others = existsSync(releases) ? readdirSync(releases).filter((name) => name !== version) : [];
  for (const name of others) rmSync(join(releases, name), { recursive: true, force: true });
  console.log(`Release ${version}, commit ${commit.slice(0, 8)}, in ${folder}:`);
  // A reset keeps what git ignores: node_modules and the build.
  git(root, 'worktree', 'prune');
  if (!existsSync(join(folder, '.git')) || git(folder, 'reset', '--hard', commit).failed) {
    rmSync(folder, { recursive: true, force: true });
    const added = git(root, 'worktree', 'add', '--force', '--detach', folder, commit);
    if (added.failed) throw new BootstrapError(`git could not check out the release: ${added.error}`);
  }
  if (!install(folder)) throw new BootstrapError(`The release could not be built in ${folder}.`);
  return folder;
}

/** Runs the release's own bootstrap, in a process of its own. */
function install(folder) {
  // npm passes this checkout's settings to the programs that it runs. The release has its own.
  const own = Object.entries(process.env).filter(([name]) => !/^npm_|^GATEHOUSE_STATE_DIR$/i.test(name));
  const { status } = spawnSync(process.execPath, ['--input-type=module', '--eval', BOOTSTRAP], {
    cwd: folder,
    env: Object.fromEntries(own),
    stdio: 'inherit',
  });
  return status === 0;
}

function git(cwd, ...args) {
  // GIT_DIR and the like, which git sets in hooks, would name another repository than that of `cwd`.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
  const run = spawnSync('git', args, { cwd, env, encoding: 'utf8', timeout: GIT_TIMEOUT_MS });
  const error = run.error?.message ?? run.stderr?.trim() ?? '';
  return { failed: run.status !== 0, output: run.stdout?.trim() ?? '', error };
}
