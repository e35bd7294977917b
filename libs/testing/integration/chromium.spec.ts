import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium } from '../src';

describe('the search for Chromium', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'gatehouse-chromium-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const pretend = (...path: string[]): string => {
    const file = join(directory, ...path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, '#!/bin/sh\n');
    chmodSync(file, 0o755);
    return file;
  };
  const search = (env: NodeJS.ProcessEnv) =>
    findChromium({
      env,
      stateDirectory: join(directory, 'state'),
      systemPrograms: [join(directory, 'system', 'chromium')],
    });

  it('tries CHROMIUM_PATH, PATH, the system and an earlier download, in this order', async () => {
    const fetched = pretend('state', 'chromium', 'usr/lib/chromium/chromium');
    pretend('state', 'chromium', 'usr/lib/multiarch/libwanted.so.1');
    const found = await search({});
    expect(found.path).toBe(fetched);
    expect(found.env['LD_LIBRARY_PATH']).toContain(join(directory, 'state', 'chromium', 'usr/lib/multiarch'));

    const system = pretend('system', 'chromium');
    expect(await search({})).toEqual({ path: system, env: {} });

    const onPath = pretend('bin', 'google-chrome');
    expect(await search({ PATH: join(directory, 'bin') })).toEqual({ path: onPath, env: {} });

    const named = pretend('mine', 'chrome');
    expect(await search({ PATH: join(directory, 'bin'), CHROMIUM_PATH: named })).toEqual({ path: named, env: {} });
  });

  it('tries nothing else when CHROMIUM_PATH does not name a program', async () => {
    pretend('system', 'chromium');
    await expect(search({ CHROMIUM_PATH: join(directory, 'nowhere') })).rejects.toThrow(
      'CHROMIUM_PATH does not name an executable program.',
    );
  });

  it('fails with installation instructions where there is neither Chromium nor apt', async () => {
    await expect(search({ PATH: join(directory, 'bin') })).rejects.toMatchObject({
      code: 'CHROMIUM_NOT_FOUND',
      message: expect.stringContaining('apt-get install chromium'),
    });
  });
});
