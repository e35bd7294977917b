// Prints the last line of .ci/run, "N passed, N failed": the sum over Jest's reports. Prints no such line when a report
// is missing or no test has run.
import { readFileSync } from 'node:fs';

const reports = process.argv.slice(2).map((file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    console.error(`${file} is missing: these tests did not finish.`);
    process.exit(1);
  }
});
const sum = (count) => reports.reduce((total, report) => total + count(report), 0);
const passed = sum((report) => report.numPassedTests);
// A file that cannot be loaded counts as one failure.
const failed = sum((report) => report.numFailedTests + report.numRuntimeErrorTestSuites);
const skipped = sum((report) => report.numPendingTests + report.numTodoTests);
if (passed + failed === 0) {
  console.error('No test has run.');
  process.exit(1);
}
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 || !reports.every((report) => report.success) ? 1 : 0;
