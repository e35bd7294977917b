import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '@gatehouse/local-stack';

/** A package of package-lock.json. */
export interface LockedPackage {
  /** Folder below the checkout, such as `node_modules/pg`. */
  readonly path: string;
  readonly name: string;
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly license?: string;
  readonly hasInstallScript?: boolean;
}

/** The packages that `npm ci` installs: all entries of package-lock.json but the workspace itself. */
export function lockedPackages(): LockedPackage[] {
  const text = readFileSync(join(workspaceRoot(), 'package-lock.json'), 'utf8');
  const { packages } = JSON.parse(text) as { packages: Record<string, Omit<LockedPackage, 'path' | 'name'>> };
  return Object.entries(packages).flatMap(([path, entry]) =>
    path === '' ? [] : [{ ...entry, path, name: path.replace(/^.*node_modules\//, '') }],
  );
}

/** Everything wrong with where a package comes from. */
export function sourceFaults({ path, integrity, resolved, link }: LockedPackage): string[] {
  const faults = [];
  if (!/^sha512-[\w+/]{86}==$/.test(integrity ?? '')) faults.push(`${path} has no SHA-512`);
  if (link === true) faults.push(`${path} is a link`);
  // npm asks the configured registry when there is no URL.
  if (resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/')) {
    faults.push(`${path} comes from another place than the npm registry`);
  }
  return faults;
}

/** The licence of a package: of the lock file, or else of its own manifest. Undefined when neither names one. */
export function licenceOf({ path, license }: LockedPackage): string | undefined {
  if (license !== undefined) return license;
  const manifest = join(workspaceRoot(), path, 'package.json');
  if (!existsSync(manifest)) return undefined;
  // The form of packages from before 2015.
  const { licenses = [] } = JSON.parse(readFileSync(manifest, 'utf8')) as { licenses?: { type: string }[] };
  return licenses.length === 0 ? undefined : licenses.map(({ type }) => type).join(' OR ');
}
