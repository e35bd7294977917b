import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ServiceName, serviceNames } from '@gatehouse/contracts';
import { workspaceRoot } from '@gatehouse/local-stack';

/**
 * By name of a variable in this checkout: its name in the last release. An entry is removed when a release that knows
 * the new name is tagged.
 */
const EARLIER_NAMES: Readonly<Record<string, string>> = {};

/** A built release of Gatehouse, or this checkout. */
export class Release {
  private constructor(
    readonly name: string,
    readonly root: string,
    private readonly names: Readonly<Record<string, string>>,
  ) {}

  static readonly current = new Release('this checkout', workspaceRoot(), {});

  /** The last release, which `npm run test:upgrade` has built. */
  static last(): Release {
    const { GATEHOUSE_RELEASE: version, GATEHOUSE_RELEASE_FOLDER: folder } = process.env;
    if (!version || !folder) throw new Error('these tests need a built release: run `npm run test:upgrade`');
    return new Release(version, folder, EARLIER_NAMES);
  }

  /** The services of this checkout that the release has too, in the order of `serviceNames`. */
  get services(): ServiceName[] {
    return serviceNames.filter((name) => existsSync(this.program(name, 'main')));
  }

  /** The Node that the release depends on. */
  get node(): string {
    return join(this.root, 'node_modules/.bin/node');
  }

  /** Path of a program of a service; it may not exist. */
  program(service: ServiceName, program: string): string {
    return join(this.root, 'dist/apps', service, 'src', `${program}.js`);
  }

  /** The variables under the names that the release knows. */
  environment(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    return Object.fromEntries(Object.entries(variables).map(([name, value]) => [this.names[name] ?? name, value]));
  }
}
