import { join } from 'node:path';
import { workspaceRoot } from '@gatehouse/local-stack';
import { attempt, docker, run } from './command';
import { baseOf, standIns } from './base-images';

/** Tag of the images that are verified. */
export const TAG = 'verify';

/** A builder of images, with the variables of docker that choose it. */
export interface Builder {
  readonly name: string;
  readonly variables: NodeJS.ProcessEnv;
}

/** The builder of this machine: BuildKit where docker has it, else the classic one, which the Dockerfile also works with. */
export async function findBuilder(): Promise<Builder> {
  const { code } = await attempt('docker', ['buildx', 'version']);
  return code === 0
    ? { name: 'BuildKit', variables: { DOCKER_BUILDKIT: '1' } }
    : { name: 'the classic builder', variables: { DOCKER_BUILDKIT: '0' } };
}

/** Builds the image of an app on the stand-ins for the base images. */
export async function buildImage(app: string, builder: NodeJS.ProcessEnv): Promise<void> {
  const image = `gatehouse/${app}:${TAG}`;
  const revision = (await run('git', ['-C', workspaceRoot(), 'rev-parse', 'HEAD'])).trim();
  const values = { APP: app, BUILD_IMAGE: standIns.BUILD_IMAGE, RUNTIME_IMAGE: baseOf(app) };
  const labels = { VERSION: TAG, REVISION: revision, SOURCE: 'https://example.com/gatehouse' };
  const args = Object.entries({ ...values, ...labels }).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  const file = join(workspaceRoot(), 'docker/Dockerfile');
  await docker(['build', '--file', file, ...args, '--tag', image, workspaceRoot()], { env: builder });
}

/** Sizes of an app's image in MB: all of it, and what it adds to its base. */
export async function imageSizes(app: string): Promise<{ readonly all: number; readonly own: number }> {
  const size = async (name: string) => Number(await docker(['image', 'inspect', '--format', '{{.Size}}', name]));
  const all = await size(`gatehouse/${app}:${TAG}`);
  return { all: Math.round(all / 1e6), own: Math.round((all - (await size(baseOf(app)))) / 1e6) };
}
