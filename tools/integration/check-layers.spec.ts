import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { workspaceRoot } from '@gatehouse/local-stack';

describe('the check of layers', () => {
  let checkout: string;

  beforeEach(() => {
    checkout = mkdtempSync(join(tmpdir(), 'gatehouse-layers-'));
    write('tsconfig.base.json', '{}');
  });
  afterEach(() => rmSync(checkout, { recursive: true, force: true }));

  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(checkout, path)), { recursive: true });
    writeFileSync(join(checkout, path), text);
  };
  const check = () => {
    const script = join(workspaceRoot(), 'tools/check-layers.mjs');
    const { status, stderr } = spawnSync(process.execPath, [script, checkout], { encoding: 'utf8' });
    return { status, stderr };
  };

  it('accepts folders that import each other in one direction', () => {
    write('apps/one/src/app.module.ts', `import './upper/page'; import './lower/table';`);
    write('apps/one/src/upper/page.ts', `import '../lower/table';`);
    write('apps/one/src/lower/table.ts', 'export {};');
    expect(check()).toEqual({ status: 0, stderr: '' });
  });

  it('rejects files that import each other in a circle, also specs, but not those that import types alone', () => {
    write('apps/one/integration/world.ts', `import { a } from './helper'; export const b = a;`);
    write('apps/one/integration/helper.ts', `import { type B } from './world'; export const a: B = 1;`);
    expect(check()).toEqual({ status: 0, stderr: '' });
    write('apps/one/integration/helper.ts', `import { b } from './world'; export const a = b;`);
    const [world, helper] = ['apps/one/integration/world.ts', 'apps/one/integration/helper.ts'];
    expect(check()).toEqual({
      status: 1,
      stderr: expect.stringMatching(
        new RegExp(
          `^Files form a cycle: (${world} imports ${helper} imports ${world}|${helper} imports ${world} imports ${helper})\\.\n$`,
        ),
      ),
    });
  });

  it('rejects a cycle of folders whose files form none, and names the imports', () => {
    write('apps/one/src/core/left/a.ts', `import '../right/b';`);
    write('apps/one/src/core/right/b.ts', 'export {};');
    write('apps/one/src/core/right/inner/c.ts', `import '../../left/d';`);
    write('apps/one/src/core/left/d.ts', 'export {};');
    expect(check()).toEqual({
      status: 1,
      stderr: [
        'The folders left, right of apps/one/src/core form a cycle:',
        '  apps/one/src/core/left/a.ts imports apps/one/src/core/right/b.ts',
        '  apps/one/src/core/right/inner/c.ts imports apps/one/src/core/left/d.ts',
        '',
      ].join('\n'),
    });
  });

  it('rejects a folder that imports what assembles the app', () => {
    write('apps/one/src/list-users/controller.ts', `import '../app.module';`);
    write('apps/one/src/app.module.ts', 'export {};');
    expect(check()).toEqual({
      status: 1,
      stderr: expect.stringContaining(
        'apps/one/src/list-users/controller.ts imports apps/one/src/app.module.ts. main.ts, create-app.ts',
      ),
    });
  });

  it('rejects an app that imports another', () => {
    write('apps/one/src/main.ts', `import '../../two/src/config';`);
    write('apps/two/src/config.ts', 'export {};');
    expect(check()).toMatchObject({ status: 1, stderr: expect.stringContaining('apps/two/src/config.ts. Apps talk') });
  });
});
