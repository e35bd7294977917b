import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '@gatehouse/local-stack';
import { SHELL_LESS_APP } from './base-images';
import { docker } from './command';

/** What a program inside a container sees of its image. */
interface Inside {
  readonly user: number;
  readonly hasShell: boolean;
  readonly writable: readonly string[];
  readonly files: readonly string[];
  /** Version by path in node_modules. */
  readonly packages: Readonly<Record<string, string>>;
  readonly sbom: Sbom;
}

interface Sbom {
  readonly bomFormat?: string;
  readonly specVersion?: string;
  readonly metadata?: { readonly component?: { readonly purl?: string; readonly 'bom-ref'?: string } };
  readonly components?: readonly SbomComponent[];
  readonly dependencies?: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

interface SbomComponent {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly purl?: string;
  readonly licenses?: readonly unknown[];
}

interface ImageConfig {
  readonly User: string;
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly Env: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
  readonly Healthcheck?: { readonly Test: readonly string[] };
}

// Runs in the container. Package versions are those of the package.json files, not of the lock file.
const LOOK = `
const fs = require('fs'), path = require('path');
const files = [], packages = {}, writable = [];
const walk = (folder) => { for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
  const name = path.join(folder, entry.name);
  if (entry.isDirectory()) walk(name); else files.push(name);
  const found = /^\\/app\\/(node_modules\\/(?:.*\\/node_modules\\/)?(?:@[^/]+\\/)?[^/@]+)\\/package.json$/.exec(name);
  if (found) packages[found[1]] = JSON.parse(fs.readFileSync(name)).version;
} };
walk('/app');
for (const folder of ['/app', '/', '/tmp', '/usr/local/bin', '/var']) {
  try { fs.writeFileSync(path.join(folder, 'probe'), ''); writable.push(folder); } catch {}
}
const hasShell = process.env.PATH.split(':').some((folder) => fs.existsSync(path.join(folder, 'sh')));
const sbom = JSON.parse(fs.readFileSync('/app/sbom.cdx.json'));
console.log(JSON.stringify({ user: process.getuid(), hasShell, writable, files, packages, sbom }));
`;

const UNWANTED =
  /(\.(spec|test)\.[cm]?[jt]s|\.env(\..*)?|\.pem|\.key|\.npmrc|id_rsa|\.d\.ts)$|^\/app\/((apps|libs)\/.*\.ts|libs\/(testing|local-stack)|(apps|libs)\/[^/]+\/(integration|fixtures))/;

/** What is wrong with the image of an app: one sentence for each fault. */
export async function imageFaults(app: string, image: string): Promise<string[]> {
  const config = JSON.parse(await docker(['image', 'inspect', '--format', '{{json .Config}}', image])) as ImageConfig;
  const inside = JSON.parse(
    await docker(['run', '--rm', '--read-only', '--cap-drop=ALL', '--network=none', image, '-e', LOOK]),
  ) as Inside;
  return [
    ...configFaults(app, config),
    ...(inside.user === 1000 ? [] : [`runs as user ${inside.user}`]),
    ...(inside.hasShell && app === SHELL_LESS_APP ? ['is on a base with a shell'] : []),
    ...inside.writable.map((folder) => `can write to ${folder}`),
    ...inside.files.filter((file) => UNWANTED.test(file)).map((file) => `contains ${file}`),
    ...packageFaults(inside),
    ...sbomFaults(app, inside),
    ...(await programFaults(app, image, inside)),
  ];
}

function configFaults(app: string, config: ImageConfig): string[] {
  const labels = ['title', 'version', 'revision', 'source', 'licenses'].map(
    (name) => `org.opencontainers.image.${name}`,
  );
  return [
    ...(config.User === '1000:1000' ? [] : [`has the user ${config.User}`]),
    ...(config.Entrypoint[0] === 'node' ? [] : ['does not start node without a shell']),
    ...(config.Healthcheck?.Test.join(' ') === 'CMD node health-check.mjs'
      ? []
      : ['has no health check without a shell']),
    ...labels.filter((label) => !config.Labels[label]).map((label) => `has no label ${label}`),
    ...(config.Labels['org.opencontainers.image.title'] === `gatehouse/${app}` ? [] : ['has the title of another app']),
    ...config.Env.filter((line) => /npm_config|registry|cert|token/i.test(line)).map(
      (line) => `keeps ${line.split('=')[0] ?? ''}`,
    ),
  ];
}

/** Compares the installed packages with the workspace's lock file. */
function packageFaults({ packages }: Inside): string[] {
  interface Entry {
    readonly version: string;
    readonly dev?: boolean;
  }
  const text = readFileSync(join(workspaceRoot(), 'package-lock.json'), 'utf8');
  const locked = (JSON.parse(text) as { packages: Record<string, Entry | undefined> }).packages;
  return Object.entries(packages).flatMap(([path, version]) => {
    const entry = locked[path];
    if (entry === undefined) return [`contains ${path}, which is not in the lock file`];
    if (entry.dev) return [`contains ${path}, which only development needs`];
    return entry.version === version ? [] : [`contains ${path} ${version} instead of ${entry.version}`];
  });
}

/** Checks the bill of materials: its form, and that it names exactly the installed packages. */
function sbomFaults(app: string, { sbom, packages }: Inside): string[] {
  const { bomFormat, specVersion, metadata, components = [], dependencies = [] } = sbom;
  const listed = new Set(components.map(({ name, version }) => `${name}@${version}`));
  const installed = new Set(
    Object.entries(packages).map(([path, version]) => `${path.split('node_modules/').at(-1)}@${version}`),
  );
  const references = new Set([...components.map((part) => part['bom-ref']), metadata?.component?.['bom-ref']]);
  const used = dependencies.flatMap(({ ref, dependsOn = [] }) => [ref, ...dependsOn]);
  return [
    ...(bomFormat === 'CycloneDX' && /^1\.[4-9]$/.test(specVersion ?? '')
      ? []
      : ['has no CycloneDX bill of materials']),
    ...(metadata?.component?.purl?.startsWith(`pkg:npm/%40gatehouse/${app}@`) ? [] : ['has the bill of another app']),
    ...[...installed]
      .filter((name) => !listed.has(name))
      .map((name) => `does not list ${name} in its bill of materials`),
    ...[...listed].filter((name) => !installed.has(name)).map((name) => `lists ${name}, which is not installed`),
    ...components
      .filter(({ purl }) => !purl?.startsWith('pkg:npm/'))
      .map(({ name }) => `lists ${name} without a package URL`),
    ...components.filter(({ licenses }) => !licenses?.length).map(({ name }) => `lists ${name} without a licence`),
    ...used
      .filter((reference) => !references.has(reference))
      .map((reference) => `refers to ${reference}, which it does not list`),
  ];
}

// Runs every program without settings. Whatever it then says, it must have loaded its files and packages.
const LOAD = `
const { spawnSync } = require('child_process');
for (const file of process.argv.slice(1)) {
  const { stderr } = spawnSync(process.execPath, [file], { timeout: 10000, encoding: 'utf8', env: {} });
  const missing = /Cannot find (?:module|package) '[^']+'/.exec(stderr);
  if (missing) console.log(file + ': ' + missing[0]);
}
`;

async function programFaults(app: string, image: string, { files }: Inside): Promise<string[]> {
  const programs = files.filter((file) => new RegExp(`^/app/apps/${app}/src/[a-z-]+\\.js$`).test(file));
  const args = ['run', '--rm', '--read-only', '--network=none', image, '-e', LOAD, ...programs];
  const found = (await docker(args)).split('\n').filter((line) => line !== '');
  return [
    ...(programs.includes(`/app/apps/${app}/src/main.js`) ? [] : ['has no program main.js']),
    ...found.map((line) => `cannot load ${line}`),
  ];
}
