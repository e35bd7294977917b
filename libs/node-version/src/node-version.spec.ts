import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeVersionProblem } from './node-version';

describe('the version of Node that runs the services', () => {
  it.each(['20.19.4', '22.21.0', '24.6.0', '18.0.0'])('is rejected when it is too old: %s', (version) => {
    expect(nodeVersionProblem(version)).toBe(`Gatehouse's services need Node 24.7 or later; this is Node ${version}.`);
  });

  it.each(['24.7.0', '24.21.0', '25.0.0', process.versions.node])('is accepted from 24.7: %s', (version) => {
    expect(nodeVersionProblem(version)).toBeUndefined();
  });

  it('is checked by every entry point of a service before any other module is loaded', () => {
    const apps = join(__dirname, '../../../apps');
    const entries = globSync(
      '{api-gateway,user-sync,webhook-ingest}/src/{main,migrate,check-migrations,erase,make-admin}.ts',
      { cwd: apps },
    );
    expect(entries.length).toBeGreaterThanOrEqual(9);
    for (const entry of entries) {
      expect([entry, readFileSync(join(apps, entry), 'utf8').split('\n')[0]]).toEqual([
        entry,
        `import '@gatehouse/node-version';`,
      ]);
    }
  });
});
