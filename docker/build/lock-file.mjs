import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes the manifest and the lock file of a package that depends on some of the workspace's packages. Versions and
 * checksums are those of the workspace's lock file, so that `npm ci` installs exactly what the tests ran with.
 * @param manifest package.json of the new package; its dependencies are dependencies of the workspace
 * @param root folder of the workspace's package.json and package-lock.json
 */
export function writeLockedPackage(manifest, root, folder) {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const { name, version, license, dependencies } = manifest;
  const packages = { '': { name, version, license, dependencies }, ...reachable(lock.packages, dependencies) };
  write(folder, 'package.json', manifest);
  write(folder, 'package-lock.json', {
    name,
    version,
    lockfileVersion: lock.lockfileVersion,
    requires: true,
    packages,
  });
}

/** Returns names and versions for a package.json: those that the workspace's package.json lists. */
export function workspaceVersions(names, root) {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return (kind) =>
    Object.fromEntries(
      [...names].sort().map((name) => {
        const version = manifest[kind][name];
        if (version === undefined) throw new Error(`package.json does not list ${name} in ${kind}.`);
        return [name, version];
      }),
    );
}

/** The entries of a lock file that are needed by `dependencies`, sorted by path. */
function reachable(packages, dependencies) {
  const found = new Map();
  const follow = (from, name, optional) => {
    const path = resolve(packages, from, name);
    if (path === undefined && optional) return;
    if (path === undefined) throw new Error(`package-lock.json has no ${name}, which ${from || 'the service'} needs.`);
    if (found.has(path)) return;
    const entry = { ...packages[path] };
    // The marks say that only development tools need the package. Here it is needed at run time.
    delete entry.dev;
    delete entry.devOptional;
    found.set(path, entry);
    for (const needed of Object.keys(entry.dependencies ?? {})) follow(path, needed, false);
    for (const needed of Object.keys(entry.optionalDependencies ?? {})) follow(path, needed, true);
    for (const needed of Object.keys(entry.peerDependencies ?? {})) {
      if (!entry.peerDependenciesMeta?.[needed]?.optional) follow(path, needed, false);
    }
  };
  for (const name of Object.keys(dependencies)) follow('', name, false);
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Finds a package as Node does: in the node_modules of the package that needs it, then of each folder above. */
function resolve(packages, from, name) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (packages[path]) return path;
    if (folder === '') return undefined;
  }
}

function write(folder, name, content) {
  writeFileSync(join(folder, name), `${JSON.stringify(content, undefined, 2)}\n`);
}
