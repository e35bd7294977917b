import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsePolicy } from './parse-policy';
import { type Policy } from './policy';
import { PolicyFile } from './policy-file';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gatehouse-policy-'));
  path = join(directory, 'gate.yaml');
});

afterEach(() => rmSync(directory, { recursive: true }));

const routes = (...paths: string[]) =>
  `routes:\n${paths.map((text) => `- { path: ${text}, audience: a, access: user }\n`).join('')}`;

function read(): PolicyFile {
  const file = PolicyFile.read(path);
  if (!(file instanceof PolicyFile)) throw new Error(file.problems.join('\n'));
  return file;
}

const paths = ({ routes: all }: Policy) => all.map((route) => route.path);

it('replaces the whole policy at once, when two checks in a row have found the new content', async () => {
  writeFileSync(path, routes('/a', '/b'));
  const file = read();
  const changes: string[][] = [];
  file.policy.onChange((policy) => changes.push(paths(policy)));
  expect(await file.check()).toBeUndefined();
  writeFileSync(path, routes('/c'));
  expect(await file.check()).toBeUndefined();
  expect(paths(file.policy.current)).toEqual(['/a', '/b']);
  expect(await file.check()).toEqual({ variable: 'GATE_FILE', result: 'changed' });
  expect(paths(file.policy.current)).toEqual(['/c']);
  expect(changes).toEqual([['/c']]);
});

it('takes over a ConfigMap that the kubelet replaces by a symbolic link above the file', async () => {
  const mount = (version: string, text: string) => {
    mkdirSync(join(directory, version));
    writeFileSync(join(directory, version, 'gate.yaml'), text);
    symlinkSync(version, join(directory, '..data_tmp'));
    renameSync(join(directory, '..data_tmp'), join(directory, '..data'));
  };
  mount('..2026_1', routes('/a'));
  symlinkSync('..data/gate.yaml', path);
  const file = read();
  mount('..2026_2', routes('/b'));
  await file.check();
  expect(await file.check()).toEqual({ variable: 'GATE_FILE', result: 'changed' });
  expect(paths(file.policy.current)).toEqual(['/b']);
});

it('keeps the previous policy while the file is invalid or missing, and reports each problem once', async () => {
  writeFileSync(path, routes('/a'));
  const file = read();
  writeFileSync(path, routes('/a', '/a'));
  expect(await file.check()).toBeUndefined();
  expect(await file.check()).toEqual({
    variable: 'GATE_FILE',
    result: 'rejected',
    problem: 'routes[1] can never match: routes[0] before it covers all of its requests',
  });
  expect(await file.check()).toBeUndefined();
  rmSync(path);
  await file.check();
  expect(await file.check()).toMatchObject({ problem: 'does not name a readable file (ENOENT)' });
  expect(paths(file.policy.current)).toEqual(['/a']);
  writeFileSync(path, routes('/a'));
  expect(await file.check()).toEqual({ variable: 'GATE_FILE', result: 'unchanged' });
});

it('keeps the previous policy while the new one needs what the gateway lacks', async () => {
  writeFileSync(path, routes('/a'));
  const file = read();
  file.demand((policy) => (paths(policy).includes('/b') ? 'routes[0] needs a variable' : undefined));
  writeFileSync(path, routes('/b'));
  await file.check();
  expect(await file.check()).toMatchObject({ result: 'rejected', problem: 'routes[0] needs a variable' });
  expect(paths(file.policy.current)).toEqual(['/a']);
  writeFileSync(path, routes('/c'));
  await file.check();
  expect(await file.check()).toMatchObject({ result: 'changed' });
  expect(paths(file.policy.current)).toEqual(['/c']);
});

it('parses an invalid content once, and the next content again', async () => {
  writeFileSync(path, routes('/a'));
  const parsed: string[] = [];
  const file = PolicyFile.read(path, (text) => {
    parsed.push(text);
    return parsePolicy(text);
  });
  if (!(file instanceof PolicyFile)) throw new Error(file.problems.join('\n'));
  const contents = [routes('/a'), routes('b'), routes('c'), routes('/d')];
  for (const content of contents.slice(1)) {
    writeFileSync(path, content);
    await file.check();
    await file.check();
    await file.check();
    await file.check();
  }
  expect(parsed).toEqual(contents.map((content) => content.trimEnd()));
  expect(paths(file.policy.current)).toEqual(['/d']);
});

it('reports an invalid content again after the file was valid in between', async () => {
  writeFileSync(path, routes('/a'));
  const file = read();
  const results: (string | undefined)[] = [];
  for (const content of [routes('b'), routes('/a'), routes('b')]) {
    writeFileSync(path, content);
    await file.check();
    results.push((await file.check())?.result);
  }
  expect(results).toEqual(['rejected', undefined, 'rejected']);
});

it('names every fault at the start, and a file that cannot be read', () => {
  expect(PolicyFile.read(path)).toEqual({ problems: ['does not name a readable file (ENOENT)'] });
  writeFileSync(path, routes('/a', '/a', 'b'));
  expect(PolicyFile.read(path)).toEqual({
    problems: [
      expect.stringContaining('names a policy in which routes[2].path must begin with a slash'),
      expect.stringContaining('names a policy in which routes[1] can never match'),
    ],
  });
});

it('accepts a file of up to 1 MiB', () => {
  writeFileSync(path, `${routes('/a')}# ${'x'.repeat(900_000)}`);
  expect(paths(read().policy.current)).toEqual(['/a']);
});

it('opens nothing without a file', async () => {
  expect(
    PolicyFile.none.policy.current.table.find({ method: 'GET', host: 'h', segments: ['a'], endsWithSlash: false }),
  ).toEqual({
    kind: 'none',
  });
  expect(await PolicyFile.none.check()).toBeUndefined();
});
