import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isAtLeast } from '@gatehouse/local-stack';
import { type Ended, attempt, run } from './command';
import { unpackPackage } from './debian';
import { VerifyError } from './errors';

/** Release of Debian whose Docker Compose and nats-server are used when this machine has none that are new enough. */
export const NEWER_DEBIAN = 'trixie';

/** Docker Compose, and where it comes from. */
export interface Compose {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly origin: string;
}

/** Finds Docker Compose 2.20 or later on this machine, or unpacks the package of a newer Debian. @throws VerifyError */
export async function findCompose(folder: string): Promise<Compose> {
  const installed = await attempt('docker', ['compose', 'version', '--short']);
  const version = installed.code === 0 ? installed.stdout.trim() : undefined;
  if (version !== undefined && isAtLeast(version.replace(/^v/, ''), 2, 20)) {
    return { command: 'docker', arguments: ['compose'], origin: `${version} of this machine` };
  }
  const command = join(folder, 'usr/libexec/docker/cli-plugins/docker-compose');
  try {
    if (!existsSync(command)) await unpackPackage('docker-compose', NEWER_DEBIAN, folder);
    const unpacked = await run(command, ['version', '--short']);
    return { command, arguments: [], origin: `${unpacked.trim()} of Debian ${NEWER_DEBIAN}` };
  } catch (cause) {
    const found = version === undefined ? "'docker compose' does not work here" : `this machine has ${version}`;
    throw new VerifyError(
      `npm run verify:images needs Docker Compose 2.20 or later, and ${found}. Install the plugin: the package ` +
        `docker-compose-plugin of Docker, or docker-compose of Debian ${NEWER_DEBIAN} or later. ` +
        `To take it from Debian without installing it failed: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}

/** A project of Docker Compose: docker/compose.yaml with the images and secrets of the verification. */
export class Project {
  constructor(
    private readonly compose: Compose,
    private readonly folder: string,
    private readonly variables: NodeJS.ProcessEnv,
    readonly name = 'gatehouse-verify',
  ) {}

  /** Runs a command of Docker Compose and returns its output. @throws VerifyError */
  run(...args: string[]): Promise<string> {
    return run(this.compose.command, this.arguments(args), this.options());
  }

  /** Runs a command of Docker Compose that may fail. */
  attempt(...args: string[]): Promise<Ended> {
    return attempt(this.compose.command, this.arguments(args), this.options());
  }

  /** Id of the container of a service, whether it runs or not. */
  async container(service: string): Promise<string> {
    return (await this.run('ps', '--all', '--quiet', service)).trim();
  }

  private arguments(args: string[]): string[] {
    return [
      ...this.compose.arguments,
      '--ansi',
      'never',
      '--project-name',
      this.name,
      '--env-file',
      'emulator.env',
      ...args,
    ];
  }

  private options() {
    return { cwd: this.folder, env: this.variables };
  }
}
