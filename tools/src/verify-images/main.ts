import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { serviceNames } from '@gatehouse/contracts';
import { makeDirectory, workspaceRoot, workspaceState } from '@gatehouse/local-stack';
import { parseComposeFile, parseEnvironmentFile } from '../deployment/compose-file';
import { composeFaults } from '../deployment/compose-rules';
import { composeSchemaFaults } from '../deployment/compose-schema';
import { deployedPrograms } from '../deployment/programs';
import { SHELL_LESS_APP, buildStandIns, makeDebianImage } from './base-images';
import { checkFaults } from './break-checks';
import { type Builder, buildImage, findBuilder, imageSizes } from './build-images';
import { type Compose, findCompose } from './compose';
import { VerifyError } from './errors';
import { imageFaults } from './inspect-image';
import { Report, requireNone } from './report';
import { missingRequirement } from './requirements';
import { checkServing } from './serve-checks';
import { Stack } from './stack';
import { startUpTime } from './start-up-time';

const USAGE = `usage: npm run verify:images [-- --keep] [--built]

Builds every image on a Debian of its own, starts docker/compose.yaml with them, and breaks it. Needs root, a Docker
engine and debootstrap.

  --keep    leaves the stack running at the end
  --built   uses the images that the last run built
`;

const apps = [...serviceNames, 'clerk-emulator'] as const;

void main();

async function main(): Promise<void> {
  const options = parseOptions();
  if (options === undefined) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
  const missing = await missingRequirement();
  if (missing !== undefined) {
    process.stderr.write(`${missing}\n`);
    process.exitCode = 1;
    return;
  }
  try {
    process.exitCode = await verify(options);
  } catch (error) {
    if (!(error instanceof VerifyError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

interface Options {
  readonly keep: boolean;
  readonly built: boolean;
}

function parseOptions(): Options | undefined {
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({ options: { keep: flag, built: flag } }).values;
  } catch {
    return undefined;
  }
}

async function verify({ keep, built }: Options): Promise<number> {
  const work = join(workspaceState(), 'verify-images');
  makeDirectory(work);
  const report = new Report();
  const builder = await findBuilder();
  let compose: Compose | undefined;
  await report.step('finds Docker Compose', async () => (compose = await findCompose(join(work, 'compose'))).origin);
  if (compose === undefined) return report.verdict();
  if (!built) await verifyImages(work, report, builder);
  const stack = new Stack(compose, work, builder.variables);
  if (!keep) removeWhenInterrupted(stack);
  try {
    await verifyStack(stack, report);
  } finally {
    if (keep) console.log(`The stack runs: ${stack.urls.gateway}, ${stack.urls.ingest}, ${stack.urls.emulator}`);
    else await stack.remove();
  }
  return report.verdict();
}

/** Removes the stack when a signal ends this program. npm and the terminal may both send it, so it may come again. */
function removeWhenInterrupted(stack: Stack): void {
  let removed: Promise<void> | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      removed ??= stack.remove().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
    });
  }
}

async function verifyImages(work: string, report: Report, builder: Builder): Promise<void> {
  await report.step('makes a base image', () => makeDebianImage(work));
  await report.step('builds stand-ins for published images', async () => {
    await buildStandIns(work, builder.variables);
    return 'Node.js with and without a shell, PostgreSQL, NATS, Valkey';
  });
  for (const app of apps) {
    await report.step(`builds gatehouse/${app}`, async () => {
      await buildImage(app, builder.variables);
      const { all, own } = await imageSizes(app);
      const base = app === SHELL_LESS_APP ? 'its base without a shell' : 'its base';
      return `${all} MB, ${own} MB more than ${base}; by ${builder.name}`;
    });
    await report.check(`inspects gatehouse/${app}`, async () => {
      requireNone(await imageFaults(app, `gatehouse/${app}:verify`));
      return 'non-root, read-only, locked packages only, SBOM, labels, no tests, no secrets';
    });
  }
}

async function verifyStack(stack: Stack, report: Report): Promise<void> {
  await stack.remove();
  stack.generateSecrets();
  await report.check('validates docker/compose.yaml', async () => {
    const folder = join(workspaceRoot(), 'docker');
    const variables = parseEnvironmentFile(readFileSync(join(folder, 'emulator.env'), 'utf8'));
    const file = parseComposeFile(readFileSync(join(folder, 'compose.yaml'), 'utf8'), variables);
    const context = {
      programs: await deployedPrograms(),
      secretsFolder: stack.secretsFolder,
      mountedFolder: './secrets',
      folder,
    };
    requireNone([...composeSchemaFaults(file), ...composeFaults(file, context)]);
    await stack.project.run('config', '--quiet');
    return 'by the schema of the Compose Specification, our rules and Compose itself';
  });
  await report.step('starts everything from nothing', async () => {
    await stack.up();
    return 'every container is healthy, every job has ended with 0';
  });
  await checkServing(stack, report);
  for (const app of apps) {
    await report.check(`starts ${app} again`, async () => `healthy after ${await startUpTime(stack, app)} s`);
  }
  await checkFaults(stack, report);
  await report.check('starts everything a second time', async () => {
    await stack.up();
    return 'every job may be repeated';
  });
}
