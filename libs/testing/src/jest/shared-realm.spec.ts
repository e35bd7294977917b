import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** Both files expect a worker without traces of another, and then leave some. */
const FILE = `
  require('listening-package');
  test('starts without what another file left', () => {
    expect(jest.isMockFunction(Math.cbrt)).toBe(false);
    expect(process.env.LEFT_BY_A_FILE).toBeUndefined();
    expect(process.listenerCount('of-a-file')).toBe(0);
    expect(process.listenerCount('of-a-package')).toBe(1);
    jest.spyOn(Math, 'cbrt').mockReturnValue(1);
    process.env.LEFT_BY_A_FILE = 'yes';
    process.on('of-a-file', () => {});
  });`;

const jestBin = join(dirname(createRequire(__filename).resolve('jest/package.json')), 'bin/jest.js');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-shared-realm-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('the realm that test files share', () => {
  it('keeps listeners of packages, and nothing else that a file leaves', async () => {
    const listening = join(folder, 'node_modules/listening-package');
    mkdirSync(listening, { recursive: true });
    writeFileSync(join(listening, 'index.js'), "process.on('of-a-package', () => {});");
    for (const name of ['one', 'two']) writeFileSync(join(folder, `${name}.spec.js`), FILE);
    const config = {
      rootDir: folder,
      testEnvironment: join(__dirname, 'shared-realm.cjs'),
      runtime: join(__dirname, 'native-packages.cjs'),
      testMatch: ['<rootDir>/*.spec.js'],
      transform: {},
    };
    const args = [jestBin, `--config=${JSON.stringify(config)}`, '--runInBand', '--watchman=false'];
    const { stderr } = await promisify(execFile)(process.execPath, args, { cwd: folder, timeout: 170_000 });
    expect(stderr).toContain('2 passed, 2 total');
  });
});
