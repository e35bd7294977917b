import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

describe('the last line of .ci/run', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'gatehouse-count-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const count = (...reports: (object | undefined)[]) => {
    const files = reports.map((report, index) => {
      const file = join(directory, report ? `report-${index}.json` : 'none.json');
      if (report) writeFileSync(file, JSON.stringify(report));
      return file;
    });
    const { stdout, status } = spawnSync(process.execPath, [join(__dirname, '../count-tests.mjs'), ...files], {
      encoding: 'utf8',
    });
    return { stdout, status };
  };
  const report = {
    numPassedTests: 5,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    numRuntimeErrorTestSuites: 0,
  };

  it('counts what passed and failed, and skipped only if any', () => {
    expect(count({ ...report, success: true })).toEqual({ stdout: '5 passed, 0 failed\n', status: 0 });
    expect(count({ ...report, success: true, numPendingTests: 2 }).stdout).toBe('5 passed, 0 failed, 2 skipped\n');
    expect(count({ ...report, success: false, numFailedTests: 1 })).toEqual({
      stdout: '5 passed, 1 failed\n',
      status: 1,
    });
  });

  it('sums up the suites, and fails when one of them failed', () => {
    const failed = { ...report, success: false, numPassedTests: 7, numFailedTests: 2 };
    expect(count({ ...report, success: true }, failed)).toEqual({ stdout: '12 passed, 2 failed\n', status: 1 });
    expect(count({ ...report, success: true }, { ...report, success: true })).toEqual({
      stdout: '10 passed, 0 failed\n',
      status: 0,
    });
  });

  it('counts a file that could not be loaded as failed', () => {
    expect(count({ ...report, success: false, numRuntimeErrorTestSuites: 1 })).toEqual({
      stdout: '5 passed, 1 failed\n',
      status: 1,
    });
  });

  it('is missing, and the run fails, when no test has run', () => {
    expect(count(undefined)).toEqual({ stdout: '', status: 1 });
    expect(count({ ...report, success: true }, undefined)).toEqual({ stdout: '', status: 1 });
    expect(count({ ...report, numPassedTests: 0, success: true })).toEqual({ stdout: '', status: 1 });
  });
});
