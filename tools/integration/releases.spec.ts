import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Release {
  readonly version: string;
  readonly commit: string;
}

const root = join(__dirname, '../..');
const textOf = (file: string) => readFileSync(join(root, file), 'utf8');
const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];

function git(directory: string, ...args: string[]): string {
  const { stdout, stderr, status } = spawnSync('git', [...identity, ...args], { cwd: directory, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args[0]}: ${stderr}`);
  return stdout.trim();
}

describe('the recorded releases', () => {
  const recorded = JSON.parse(textOf('releases.json')) as Release[];
  const changelog = [...textOf('CHANGELOG.md').matchAll(/^## (\d\S*)$/gm)].map(([, version]) => version);

  it('are those of the changelog, newest first, from the first one that was tagged', () => {
    expect(recorded.map(({ version }) => version)).toEqual(changelog.slice(0, recorded.length));
  });

  it('begin with the version of package.json and of the lock file', () => {
    const lock = JSON.parse(textOf('package-lock.json')) as { version: string; packages: { '': { version: string } } };
    const { version } = JSON.parse(textOf('package.json')) as { version: string };
    expect([version, lock.version, lock.packages[''].version]).toEqual(Array(3).fill(recorded[0]?.version));
  });

  it('begin with the version of the images in the manifests for Kubernetes', () => {
    const overlay = textOf('k8s/overlays/production/kustomization.yaml');
    const tags = [...overlay.matchAll(/^ +newTag: (\S+)$/gm)].map(([, tag]) => tag);
    expect(tags.length).toBeGreaterThan(3);
    expect(new Set(tags)).toEqual(new Set([recorded[0]?.version]));
  });
});

describe('the last release', () => {
  let directory: string;
  let origin: string;
  let commit: string;

  /** Returns what `lastRelease` returns, or the message that it throws. */
  const last = (repository: string): unknown => {
    const module = pathToFileURL(join(root, 'tools/last-release.mjs')).href;
    const program = `import { lastRelease } from ${JSON.stringify(module)};
      try { console.log(JSON.stringify(lastRelease(process.argv[1]))); } catch (error) { console.log(JSON.stringify(error.message)); }`;
    const args = ['--input-type=module', '--eval', program, repository];
    return JSON.parse(spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout);
  };
  const record = (repository: string, of: string) =>
    writeFileSync(join(repository, 'releases.json'), JSON.stringify([{ version: '1.2.3', commit: of }]));
  const clone = (name: string, ...options: string[]) => {
    git(directory, 'clone', '--quiet', ...options, pathToFileURL(origin).href, name);
    return join(directory, name);
  };

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'gatehouse-releases-'));
    origin = join(directory, 'origin');
    git(directory, 'init', '--quiet', origin);
    git(origin, 'commit', '--quiet', '--allow-empty', '--message', 'release');
    commit = git(origin, 'rev-parse', 'HEAD');
    git(origin, 'tag', '--annotate', 'v1.2.3', '--message', 'release');
    record(origin, commit);
    git(origin, 'add', '.');
    git(origin, 'commit', '--quiet', '--message', 'record');
  });

  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('is found in a clone with tags, and in one without', () => {
    expect(last(clone('whole'))).toEqual({ version: '1.2.3', commit });
    expect(last(clone('untagged', '--no-tags'))).toEqual({ version: '1.2.3', commit });
  });

  it('is missing in a shallow clone, and the message says how to get it', () => {
    const shallow = clone('shallow', '--depth=1', '--no-tags');
    expect(last(shallow)).toContain('run `git fetch --unshallow --tags`');
    git(shallow, 'fetch', '--quiet', '--unshallow', '--tags');
    expect(last(shallow)).toEqual({ version: '1.2.3', commit });
  });

  it('is missing in a folder without git, and the message says so', () => {
    const folder = mkdtempSync(join(directory, 'bare-'));
    record(folder, commit);
    expect(last(folder)).toContain('is not a git repository');
  });

  it('is rejected when its tag is another commit than the recorded one', () => {
    const moved = clone('moved');
    record(moved, git(moved, 'rev-parse', 'HEAD'));
    expect(last(moved)).toContain('correct releases.json');
  });
});
