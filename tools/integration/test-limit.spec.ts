import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

it.each(['soon', '0', '-1', '1.5', '1e12'])(
  'npm test rejects a time limit that is not a number of milliseconds: %s',
  (limit) => {
    const { status, stderr } = spawnSync(process.execPath, [join(__dirname, '../test.mjs')], {
      encoding: 'utf8',
      env: { ...process.env, GATEHOUSE_TEST_LIMIT_MS: limit },
      timeout: 60_000,
    });
    expect(stderr).toBe('GATEHOUSE_TEST_LIMIT_MS is not a number of milliseconds from 1 to 2147483647.\n');
    expect(status).toBe(1);
  },
);
