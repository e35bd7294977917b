import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkConformance, conformanceTable, conforms } from '../src/check-conformance/check-conformance';
import { checkFrontendApi } from '../src/check-conformance/check-frontend-api';
import { frontendSchemas } from '../src/check-conformance/frontend-schemas';

const FIXTURES = join(__dirname, '..', 'fixtures', 'clerk');
const SCHEMAS = join(__dirname, '..', 'fixtures', 'clerk-frontend-api', 'schemas.json');

describe('the conformance check', () => {
  it('finds exactly the keys of Clerk’s payloads in those of the emulator', async () => {
    const rows = await checkConformance(FIXTURES);
    expect(rows.filter(({ missing, extra }) => missing.length + extra.length > 0)).toEqual([]);
    expect(rows.length).toBeGreaterThanOrEqual(17);
    expect(rows.every(({ keys }) => keys > 0)).toBe(true);
    expect(conforms(rows)).toBe(true);
  });

  it('finds answers of the Frontend API that fit Clerk’s schemas, and reports those that do not', async () => {
    const rows = await checkFrontendApi(SCHEMAS);
    expect(rows.filter(({ faults }) => faults.length > 0)).toEqual([]);
    expect(rows.length).toBeGreaterThanOrEqual(30);
    const check = frontendSchemas(SCHEMAS);
    expect(check('Token', { object: 'token', jwt: 1, more: 2 })).toEqual([
      'must NOT have additional properties: more',
      '/jwt must be string',
    ]);
    expect(check('Nothing', {})).toEqual(['no schema Nothing']);
  });

  it('reports a missing and an additional key', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'clerk-payloads-'));
    try {
      await cp(FIXTURES, folder, { recursive: true });
      const file = join(folder, 'bapi.users-count.json');
      const { total_count: _gone, ...rest } = JSON.parse(await readFile(file, 'utf8')) as { total_count: number };
      await writeFile(file, JSON.stringify({ ...rest, more: 1 }));
      const rows = await checkConformance(folder);
      expect(conforms(rows)).toBe(false);
      expect(conformanceTable(rows)).toMatch(
        /bapi\.users-count +2 keys {2}DIFFERS\n +missing more\n +extra {3}total_count/,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
