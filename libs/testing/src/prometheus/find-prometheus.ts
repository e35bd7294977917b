import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findOnPath, workspaceState } from '@gatehouse/local-stack';
import { unpackDebianPackages } from '../debian-packages';
import { PrometheusNotFoundError } from '../errors';

/** Paths of Prometheus's programs. */
export interface PrometheusPrograms {
  /** Checks rules and runs their tests. */
  readonly promtool: string;
  readonly prometheus: string;
}

/**
 * Finds Prometheus: on PATH, or unpacked below `.gatehouse/prometheus`; otherwise unpacks the Debian package there,
 * without installing it.
 * @throws PrometheusNotFoundError with what to do
 */
export async function findPrometheus(): Promise<PrometheusPrograms> {
  const [promtool, prometheus] = ['promtool', 'prometheus'].map((name) => findOnPath(name, process.env.PATH));
  if (promtool && prometheus) return { promtool, prometheus };
  const directory = join(workspaceState(), 'prometheus');
  const unpacked = { promtool: join(directory, 'usr/bin/promtool'), prometheus: join(directory, 'usr/bin/prometheus') };
  if (!existsSync(unpacked.promtool)) {
    await unpackDebianPackages({
      packageName: 'prometheus',
      installedPackages: ['prometheus'],
      program: 'usr/bin/promtool',
      directory,
      aptDirectory: join(workspaceState(), 'apt-prometheus'),
    }).catch((cause: unknown) => {
      throw new PrometheusNotFoundError({ cause });
    });
  }
  return unpacked;
}
