import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError } from './errors';
import { parseEnvironment } from './parse-environment';
import { readSecretFile, readSecretFileSync } from './secret-file';
import { variableNamesOf } from './secret-variables';
import { commonVariables, databaseVariables } from './variables';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gatehouse-secret-file-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

function file(content: string | Buffer): string {
  const path = join(directory, 'secret');
  writeFileSync(path, content);
  return path;
}

describe('a secret file', () => {
  it.each([
    ['value', 'value'],
    ['value\n', 'value'],
    ['value\r\n', 'value'],
    ['value\n\n', 'value\n'],
    [' value ', ' value '],
    ['x'.repeat(64 * 1024), 'x'.repeat(64 * 1024)],
  ])('loses one line break at its end: %#', async (content, value) => {
    const path = file(content);
    expect(readSecretFileSync(path)).toEqual({ value });
    await expect(readSecretFile(path)).resolves.toEqual({ value });
  });

  it.each([
    ['', 'names an empty file'],
    ['\n', 'names an empty file'],
    ['x'.repeat(64 * 1024 + 1), 'names a file of more than 64 KiB'],
    [Buffer.from([0xc3, 0x28]), 'names a file that is not text in UTF-8'],
  ])('is rejected with its problem: %#', async (content, problem) => {
    const path = file(content);
    expect(readSecretFileSync(path)).toEqual({ problem });
    await expect(readSecretFile(path)).resolves.toEqual({ problem });
  });

  it('is rejected when it is missing, a directory or a named pipe, without waiting', async () => {
    const [missing, pipe] = [join(directory, 'missing'), join(directory, 'pipe')];
    execFileSync('mkfifo', [pipe]);
    const found = await Promise.all([missing, directory, pipe].map(readSecretFile));
    expect(found).toEqual([
      { problem: 'does not name a readable file (ENOENT)' },
      { problem: 'does not name a regular file' },
      { problem: 'does not name a regular file' },
    ]);
    expect([missing, directory, pipe].map(readSecretFileSync)).toEqual(found);
  });

  it('is read through symbolic links', () => {
    const path = join(directory, 'link');
    symlinkSync(file('value'), path);
    expect(readSecretFileSync(path)).toEqual({ value: 'value' });
  });
});

describe('the environment', () => {
  const schema = z.object({ ...commonVariables, ...databaseVariables });
  const rest = { NATS_URL: 'nats://localhost', OPS_PORT: '9000' };
  const url = 'postgres://u:p@localhost/db';

  function faultsOf(environment: Record<string, string>): string {
    try {
      parseEnvironment(schema, { ...rest, ...environment });
    } catch (error) {
      if (error instanceof ConfigError) return error.message;
    }
    throw new Error('expected a ConfigError');
  }

  it('takes the value of a secret variable from the file of its twin', () => {
    const environment = { ...rest, DATABASE_URL: '', DATABASE_URL_FILE: file(`${url}\n`) };
    expect(parseEnvironment(schema, environment).DATABASE_URL).toBe(url);
  });

  it('names the twin in every fault, and shows neither value nor path', () => {
    const missing = join(directory, 'hunter2');
    expect(faultsOf({ DATABASE_URL_FILE: missing })).toBe('DATABASE_URL_FILE does not name a readable file (ENOENT)');
    expect(faultsOf({ DATABASE_URL_FILE: file('mysql://root:hunter2@db') })).toBe(
      'DATABASE_URL_FILE names a file whose content is not a postgres:// URL',
    );
    expect(faultsOf({ DATABASE_URL: url, DATABASE_URL_FILE: file(url) })).toBe(
      'DATABASE_URL_FILE is set, and so is DATABASE_URL: set only one of them',
    );
  });

  it('reports faults of files together with all others', () => {
    expect(
      faultsOf({ DATABASE_URL_FILE: file(''), NATS_PASSWORD_FILE: directory, OPS_PORT: '70000' }).split('\n'),
    ).toEqual([
      'NATS_PASSWORD_FILE does not name a regular file',
      'DATABASE_URL_FILE names an empty file',
      'OPS_PORT is above the maximum of 65535',
    ]);
  });

  it('has a twin for each secret variable, and for no other', () => {
    const names = variableNamesOf(schema);
    expect(names.filter((name) => name.endsWith('_FILE')).sort()).toEqual([
      'DATABASE_CA_FILE',
      'DATABASE_URL_FILE',
      'NATS_CA_FILE',
      'NATS_PASSWORD_FILE',
    ]);
  });
});
