// The last line of .ci/run, out of Jest's report: "N passed, N failed". Without a report, or without any test that ran,
// there is no such line.
import { readFileSync } from 'node:fs';

let report;
try {
  report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
} catch {
  console.error('There is no report of the tests: they did not run to their end.');
  process.exit(1);
}
// A file that cannot be loaded has no tests to count, yet it failed.
const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
const skipped = report.numPendingTests + report.numTodoTests;
if (report.numPassedTests + failed === 0) {
  console.error('No test has run.');
  process.exit(1);
}
console.log(`${report.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 || !report.success ? 1 : 0;
