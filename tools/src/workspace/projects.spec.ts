import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '@gatehouse/local-stack';

const root = workspaceRoot();
const projects = globSync(['apps/*/project.json', 'libs/*/project.json', '*/project.json'], { cwd: root });
const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean);

describe('the workspace', () => {
  it.each(projects)('gives %s exactly one type: tag, which eslint.config.mjs lists', (file) => {
    const { tags = [] } = JSON.parse(readFileSync(join(root, file), 'utf8')) as { tags?: string[] };
    const types = tags.filter((tag) => tag.startsWith('type:'));
    expect(types).toHaveLength(1);
    expect(readFileSync(join(root, 'eslint.config.mjs'), 'utf8')).toContain(`sourceTag: '${types[0]}'`);
  });

  it('pins every dependency to one version', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
      string,
      Record<string, string>
    >;
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(([, version]) => !/^\d/.test(version));
    expect(loose).toEqual([]);
  });

  it('maps exactly the existing libs in tsconfig.base.json', () => {
    const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.base.json'), 'utf8')) as {
      compilerOptions: { paths: Record<string, string[]> };
    };
    // Further entries of a lib, such as `@gatehouse/client/live`, have two slashes.
    const named = Object.keys(compilerOptions.paths).filter((name) => name.split('/').length === 2);
    const there = globSync('libs/*/src/index.ts', { cwd: root }).map((path) => `@gatehouse/${path.split('/')[1]}`);
    expect(named.sort()).toEqual(there.sort());
  });

  it('has no download address of a package in package-lock.json', () => {
    expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toContain('"resolved"');
  });

  it('has no skipped and no focused test', () => {
    const specs = tracked.filter((path) => path.endsWith('.spec.ts') && !path.startsWith('tools/src/workspace/'));
    const marked = specs.filter((path) =>
      /\b(it|test|describe)\.(skip|only|todo)\b|^\s*(xit|xtest|xdescribe|fit|fdescribe)\(/m.test(
        readFileSync(join(root, path), 'utf8'),
      ),
    );
    expect(marked).toEqual([]);
  });
});
