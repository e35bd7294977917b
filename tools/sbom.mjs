// npm run --silent sbom: prints the software bill of materials of the production dependencies in CycloneDX 1.5, read from
// the lock file. `npm sbom --omit dev` of npm 10 and 11 leaves out packages that development dependencies need too. An
// argument names another lock file, such as node_modules/.package-lock.json of an image.
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const text = readFileSync(resolve(process.argv[2] ?? join(root, 'package-lock.json')), 'utf8');
const { packages } = JSON.parse(text);
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const nameOf = (path, one) => one.name ?? path.replace(/^.*node_modules\//, '');
const urlOf = (name, version) => `pkg:npm/${name.replace(/^@/, '%40')}@${version}`;
const own = urlOf(manifest.name, manifest.version);

/** Folder of the package that `require(name)` finds in a package's folder; undefined when the lock file lacks it. */
function find(from, name) {
  for (let folder = from; ; folder = folder.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, '')) {
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (path in packages) return path;
    if (folder === '') return undefined;
  }
}

/** Folders of the packages that one package needs. A peer that is optional is there only when something else needs it. */
function needed(path, { dependencies, optionalDependencies, peerDependencies = {}, peerDependenciesMeta = {} }) {
  const peers = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true);
  const names = new Set([...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]);
  return [...names].map((name) => find(path, name)).filter((found) => found !== undefined);
}

/** The packages that production needs, by folder, each with the folders that it needs. The workspace is first. */
const shipped = new Map();
const open = [''];
for (let path = open.pop(); path !== undefined; path = open.pop()) {
  if (shipped.has(path)) continue;
  const needs = needed(path, path === '' ? manifest : packages[path]);
  shipped.set(path, needs);
  open.push(...needs);
}

/** A licence of SPDX by its id, a combination of several as an expression. */
function licensesOf({ license }) {
  if (license === undefined) return [];
  return /[ ()]/.test(license) ? [{ expression: license }] : [{ license: { id: license } }];
}

function hashesOf({ integrity = '' }) {
  return integrity
    .split(' ')
    .filter((hash) => hash.startsWith('sha512-'))
    .map((hash) => ({ alg: 'SHA-512', content: Buffer.from(hash.slice(7), 'base64').toString('hex') }));
}

const refOf = (path) => (path === '' ? own : urlOf(nameOf(path, packages[path]), packages[path].version));
const components = new Map();
const dependencies = new Map();
for (const [path, needs] of shipped) {
  const ref = refOf(path);
  // The same version can be in several folders.
  dependencies.set(ref, [...new Set([...(dependencies.get(ref) ?? []), ...needs.map(refOf)])].sort());
  if (path === '') continue;
  const one = packages[path];
  components.set(ref, {
    type: 'library',
    'bom-ref': ref,
    name: nameOf(path, one),
    version: one.version,
    scope: one.optional ? 'optional' : 'required',
    hashes: hashesOf(one),
    licenses: licensesOf(one),
    purl: ref,
  });
}

// One lock file always gives the same bytes: the serial number is made of its hash, and there is no time.
const digits = createHash('sha256').update(text).digest('hex');
const serial = `${digits.slice(0, 8)}-${digits.slice(8, 12)}-5${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
const bill = {
  $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  serialNumber: `urn:uuid:${serial}`,
  version: 1,
  metadata: {
    component: {
      type: 'application',
      'bom-ref': own,
      name: manifest.name,
      version: manifest.version,
      licenses: [{ license: { id: manifest.license } }],
      purl: own,
    },
  },
  components: [...components.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1)),
  dependencies: [...dependencies].map(([ref, dependsOn]) => ({ ref, dependsOn })),
};
console.log(JSON.stringify(bill, null, 2));
