import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '@gatehouse/local-stack';
import { exceptedPackages, licenceFault } from './licences';
import { type LockedPackage, licenceOf, lockedPackages, sourceFaults } from './lockfile';

const root = workspaceRoot();
const packages = lockedPackages();
const textOf = (path: string) => readFileSync(join(root, path), 'utf8');
const { allowScripts } = JSON.parse(textOf('package.json')) as { allowScripts: Record<string, boolean> };

/** Files of this checkout, without those that git ignores. */
function ownFiles(): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard'];
  const files = execFileSync('git', args, { cwd: root, encoding: 'utf8', timeout: 30_000 });
  return files.split('\n').filter((path) => path !== '' && existsSync(join(root, path)));
}

describe('the lock file', () => {
  it('has a SHA-512 for every package, and takes each from the npm registry', () => {
    expect(packages.length).toBeGreaterThan(1_000);
    expect(packages.flatMap(sourceFaults)).toEqual([]);
  });

  it.each<[string, Partial<LockedPackage>]>([
    ['no hash', { integrity: undefined }],
    ['a weak hash', { integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }],
    ['a private registry', { resolved: 'https://npm.example.com/x/-/x-1.0.0.tgz' }],
    ['a git repository', { resolved: 'git+ssh://git@github.com/x/x.git#0123' }],
    ['plain HTTP', { resolved: 'http://registry.npmjs.org/x/-/x-1.0.0.tgz' }],
    ['a folder', { link: true }],
  ])('is checked for packages with %s', (_, fault) => {
    const sound = { path: 'node_modules/x', name: 'x', integrity: `sha512-${'a'.repeat(86)}==` };
    expect(sourceFaults(sound)).toEqual([]);
    expect(sourceFaults({ ...sound, ...fault })).toHaveLength(1);
  });
});

describe('install scripts', () => {
  const withScripts = packages.filter(({ hasInstallScript }) => hasInstallScript);

  it('are allowed or forbidden in package.json for each package that has one', () => {
    expect([...new Set(withScripts.map(({ name }) => name))].sort()).toEqual(Object.keys(allowScripts).sort());
  });

  it('are allowed only for packages that are installed once', () => {
    const allowed = withScripts.filter(({ name }) => allowScripts[name]);
    expect(allowed.map(({ path }) => path)).toEqual(allowed.map(({ name }) => `node_modules/${name}`));
  });

  it('are not run by npm itself', () => {
    expect(textOf('.npmrc')).toMatch(/^ignore-scripts=true$/m);
  });

  it('are run for the Node whose program is verified', () => {
    const node = packages.find(({ path }) => path === 'node_modules/node');
    expect(textOf('tools/install-scripts.mjs')).toContain(`version: '${node?.version}'`);
  });
});

describe('licences', () => {
  it('of all dependencies are allowed', () => {
    expect(packages.flatMap((one) => licenceFault(one.name, licenceOf(one)) ?? [])).toEqual([]);
  });

  it('are excepted only for packages that are dependencies', () => {
    const names = new Set(packages.map(({ name }) => name));
    expect(exceptedPackages.filter((name) => !names.has(name))).toEqual([]);
  });

  it.each([
    ['x', 'GPL-3.0-only'],
    ['x', 'MIT AND GPL-2.0'],
    ['x', 'Unlicense'],
    ['tweetnacl', 'GPL-3.0-only'],
    ['x', undefined],
  ])('reject %s with %s', (name, licence) => {
    expect(licenceFault(name, licence)).toBeDefined();
  });

  it.each(['MIT', '(MIT OR CC0-1.0)', 'Apache-2.0 AND MIT'])('accept %s', (licence) => {
    expect(licenceFault('x', licence)).toBeUndefined();
  });
});

it('installs packages only from the lock file, in scripts, workflows, images and documentation', () => {
  // An application of somebody else has a lock file of its own. The other two change the lock file.
  const allowed =
    /npm install ((--save-dev |\$\{OPTIONS\[one\]\} )?(\.\.\/gatehouse|\.\/gatehouse-|\$\{tarball\})|--save-exact |--package-lock-only$)/;
  // How-to guides and tutorials install packages of others into an application of the reader.
  const byVersion = /npm install (--save-dev )?(@?[\w/-]+@\d+ ?)+$/;
  const isText = (path: string) => /\.(mjs|cjs|ts|sh|ya?ml|md|service)$|(^|\/)(Dockerfile[^/]*|run)$/.test(path);
  const faults = ownFiles()
    .filter((path) => isText(path) && !path.startsWith('tools/integration/') && path !== 'CHANGELOG.md')
    .flatMap((path) =>
      textOf(path)
        .split('\n')
        .map((line) => ({ path, line })),
    )
    .filter(({ line }) => /\bnpm (i|install|update|add)\b(?! script)/.test(line) && !allowed.test(line))
    .filter(({ path, line }) => !(/^docs\/(how-to|tutorials)\//.test(path) && byVersion.test(line)));
  expect(faults).toEqual([]);
});

it('runs no install scripts where .npmrc is missing, as in images', () => {
  const files = ownFiles().filter((path) => /^(docker|deploy)\//.test(path) && !path.endsWith('.md'));
  const installs = files
    .flatMap((path) => textOf(path).split('\n'))
    .filter((line) => /\bnpm ci\b/.test(line) && !/^\s*(#|\/\/|\*|echo)/.test(line));
  expect(installs.length).toBeGreaterThan(1);
  expect(installs.filter((line) => !line.includes('--ignore-scripts'))).toEqual([]);
});

describe('the bill of materials', () => {
  const text = execFileSync('npm', ['run', '--silent', 'sbom'], { cwd: root, encoding: 'utf8', timeout: 60_000 });
  const bill = JSON.parse(text) as {
    bomFormat: string;
    components: { name: string; version: string; purl: string; hashes: unknown[] }[];
    dependencies: { ref: string; dependsOn: string[] }[];
  };
  const urls = new Set(bill.components.map(({ purl }) => purl));

  it('is CycloneDX, and lists every production dependency with its hash', () => {
    expect(bill.bomFormat).toBe('CycloneDX');
    const { dependencies } = JSON.parse(textOf('package.json')) as { dependencies: Record<string, string> };
    const missing = Object.entries(dependencies)
      .map(([name, version]) => `pkg:npm/${name.replace('@', '%40')}@${version}`)
      .filter((url) => !urls.has(url));
    expect(missing).toEqual([]);
    expect(bill.components.filter(({ hashes }) => hashes.length !== 1)).toEqual([]);
  });

  it('lists everything that a listed package needs, and no development dependency', () => {
    expect(bill.dependencies.flatMap(({ dependsOn }) => dependsOn).filter((url) => !urls.has(url))).toEqual([]);
    const reached = new Set<string>();
    const visit = (ref: string): void => {
      for (const url of bill.dependencies.find((one) => one.ref === ref)?.dependsOn ?? []) {
        if (reached.has(url)) continue;
        reached.add(url);
        visit(url);
      }
    };
    visit(bill.dependencies[0]?.ref ?? '');
    expect([...urls].filter((url) => !reached.has(url))).toEqual([]);
    const names = bill.components.map(({ name }) => name);
    expect(names.filter((name) => ['jest', 'nx', 'node', 'typescript'].includes(name))).toEqual([]);
  });
});
