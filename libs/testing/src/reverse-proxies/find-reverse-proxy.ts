import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findOnPath, workspaceState } from '@gatehouse/local-stack';
import { unpackDebianPackages, unpackedLibraries } from '../debian-packages';
import { ReverseProxyNotFoundError } from '../errors';

/** Reverse proxies of Debian, with the path of the program in the package. */
const programs = { nginx: 'usr/sbin/nginx', caddy: 'usr/bin/caddy' } as const;

/** Name of a reverse proxy. */
export type ReverseProxyName = keyof typeof programs;

/** A reverse proxy, and the variables to add to its environment. */
interface ReverseProxyProgram {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Finds nginx or Caddy: in NGINX_BIN or CADDY_BIN, on PATH, or below `.gatehouse/`; otherwise unpacks the Debian package
 * there, without installing it.
 * @throws ReverseProxyNotFoundError
 */
export async function findReverseProxy(name: ReverseProxyName): Promise<ReverseProxyProgram> {
  const program = programs[name];
  const installed = process.env[`${name.toUpperCase()}_BIN`] || findOnPath(name, process.env.PATH);
  if (installed) return { path: installed, env: {} };
  const directory = join(workspaceState(), name);
  const path = join(directory, program);
  if (!existsSync(path)) {
    await unpackDebianPackages({
      ...{ packageName: name, installedPackages: [name], program, directory },
      aptDirectory: join(workspaceState(), `apt-${name}`),
    }).catch((cause: unknown) => {
      throw new ReverseProxyNotFoundError(name, { cause });
    });
  }
  return { path, env: unpackedLibraries(directory) };
}
