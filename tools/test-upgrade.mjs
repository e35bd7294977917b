// npm run test:upgrade: builds the last release, and runs it and this checkout side by side, under load. With
// --only-build, only builds the release.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { bootstrap, main, root } from './bootstrap.mjs';
import { buildRelease, lastRelease } from './last-release.mjs';

await main(async () => {
  const release = lastRelease();
  const folder = buildRelease(release);
  if (process.argv.includes('--only-build')) return 0;
  console.log('This checkout:');
  await bootstrap();
  const env = { ...process.env, GATEHOUSE_RELEASE: release.version, GATEHOUSE_RELEASE_FOLDER: folder };
  const args = [join(root, 'tools/test.mjs'), '--suite=upgrade', ...process.argv.slice(2)];
  return spawnSync(process.execPath, args, { env, stdio: 'inherit' }).status ?? 1;
});
