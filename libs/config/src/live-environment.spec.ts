import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { z } from 'zod';
import { parseLiveEnvironment } from './live-environment';
import { postgresUrl } from './variables';

const schema = z.object({
  DATABASE_URL: postgresUrl,
  NATS_PASSWORD: z.string().min(3).optional(),
  NATS_URL: z.string(),
});
const [oldUrl, newUrl] = ['postgres://u:old@localhost/db', 'postgres://u:new@localhost/db'];

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gatehouse-secrets-'));
  path = join(directory, 'DATABASE_URL');
  writeFileSync(path, oldUrl);
});

afterEach(() => rmSync(directory, { recursive: true }));

function start(environment: Record<string, string> = {}) {
  const { live, secretFiles, approve } = parseLiveEnvironment(schema, {
    NATS_URL: 'nats://localhost',
    DATABASE_URL_FILE: path,
    ...environment,
  });
  const url = live((env) => env.DATABASE_URL, 'DATABASE_URL');
  const check = async (times = 2) => {
    for (let round = 1; round < times; round += 1) expect(await secretFiles.check()).toEqual([]);
    return secretFiles.check();
  };
  return { url, live, secretFiles, approve, check };
}

const changed = { variable: 'DATABASE_URL_FILE', result: 'changed' };
const rejected = (problem: string) => ({ variable: 'DATABASE_URL_FILE', result: 'rejected', problem });

describe('a secret file of a running service', () => {
  it('changes the setting once two checks in a row have found the new content', async () => {
    const { url, check } = start();
    const seen: string[] = [];
    url.onChange((value) => seen.push(value));
    writeFileSync(path, `${newUrl}\n`);

    expect(await check(1)).toEqual([]);
    expect(url.current).toBe(oldUrl);
    expect(await check(1)).toEqual([changed]);
    expect(url.current).toBe(newUrl);
    expect(await check(3)).toEqual([]);
    expect(seen).toEqual([newUrl]);
  });

  it('that is being written changes nothing', async () => {
    const { url, check } = start();
    for (const part of ['', 'postgres://u', 'postgres://u:new@local', newUrl]) {
      writeFileSync(path, part);
      expect(await check(1)).toEqual([]);
      expect(url.current).toBe(oldUrl);
    }
    expect(await check(1)).toEqual([changed]);
  });

  it.each([
    ['mysql://u:hunter2@localhost/db', 'names a file whose content is not a postgres:// URL'],
    ['', 'names an empty file'],
  ])('with an invalid content keeps the old value and is reported once: %#', async (content, problem) => {
    const { url, check } = start();
    writeFileSync(path, content);

    expect(await check()).toEqual([rejected(problem)]);
    expect(await check(3)).toEqual([]);
    expect(url.current).toBe(oldUrl);

    writeFileSync(path, newUrl);
    expect(await check()).toEqual([changed]);
    expect(url.current).toBe(newUrl);
  });

  it('that disappears keeps the old value, and is reported again when it is back', async () => {
    const { url, check } = start();
    unlinkSync(path);
    expect(await check()).toEqual([rejected('does not name a readable file (ENOENT)')]);
    expect(url.current).toBe(oldUrl);

    writeFileSync(path, oldUrl);
    expect(await check(1)).toEqual([{ variable: 'DATABASE_URL_FILE', result: 'unchanged' }]);
  });

  it('is followed when Kubernetes replaces the directory behind its symbolic links', async () => {
    const volume = (name: string, url: string) => {
      mkdirSync(join(directory, name));
      writeFileSync(join(directory, name, 'DATABASE_URL'), url);
    };
    unlinkSync(path);
    volume('..2026_01', oldUrl);
    symlinkSync('..2026_01', join(directory, '..data'));
    symlinkSync('..data/DATABASE_URL', path);
    const { url, check } = start();

    volume('..2026_02', newUrl);
    symlinkSync('..2026_02', join(directory, '..data_tmp'));
    renameSync(join(directory, '..data_tmp'), join(directory, '..data'));
    rmSync(join(directory, '..2026_01'), { recursive: true });

    expect(await check()).toEqual([changed]);
    expect(url.current).toBe(newUrl);
  });

  it('leaves settings of other variables alone', async () => {
    const password = join(directory, 'NATS_PASSWORD');
    writeFileSync(password, 'old-password');
    const { url, live, check } = start({ NATS_PASSWORD_FILE: password });
    const nats = live((env) => ({ pass: env.NATS_PASSWORD, servers: env.NATS_URL }), 'NATS_PASSWORD');
    url.onChange(() => {
      throw new Error('never called');
    });
    writeFileSync(password, 'new-password');

    expect(await check()).toEqual([{ variable: 'NATS_PASSWORD_FILE', result: 'changed' }]);
    expect(nats.current).toEqual({ pass: 'new-password', servers: 'nats://localhost' });
  });

  it('is used only after approval, which is asked again until it is given', async () => {
    const { url, approve, check } = start();
    let answer: string | undefined = 'names a file with the address of another server';
    approve('DATABASE_URL', async (value) => (value === newUrl ? answer : 'is not the new value'));
    writeFileSync(path, newUrl);

    expect(await check()).toEqual([rejected(answer)]);
    expect(await check(3)).toEqual([]);
    expect(url.current).toBe(oldUrl);

    answer = undefined;
    expect(await check(1)).toEqual([changed]);
    expect(url.current).toBe(newUrl);
  });

  it('is not read when the variable itself holds the value', async () => {
    const { secretFiles, check } = start({ DATABASE_URL_FILE: '', DATABASE_URL: oldUrl });
    writeFileSync(path, newUrl);
    expect(secretFiles.variables).toEqual([]);
    expect(await check()).toEqual([]);
  });
});

it('a printed live setting, or a list of secret files, shows no secret', () => {
  const { url, secretFiles } = start();
  const printed = [url, secretFiles].flatMap((each) => [JSON.stringify(each), inspect(each, { depth: null })]).join();
  expect(printed).not.toContain('u:old');
});
