// npm run test:faults [-- CELL,CELL]: the whole fault matrix; its table goes into docs/reference/fault-matrix.md. NATS_SERVER_BIN may
// name several nats-server programs, comma-separated: the matrix runs on each.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory, root, stateDirectory } from './bootstrap.mjs';

const begin = '<!-- fault matrix: begin -->';
const end = '<!-- fault matrix: end -->';
const document = join(root, 'docs/reference/fault-matrix.md');
const which = process.argv[2] ?? 'all';
const programs = (process.env.NATS_SERVER_BIN ?? '').split(',').map((program) => program.trim());
const reports = [];
let failed = false;
const limitMs = 60 * 60_000;
const commit = readCommit();

makeDirectory(stateDirectory);
for (const program of programs) {
  const report = join(stateDirectory, 'faults.json');
  rmSync(report, { force: true });
  const env = {
    ...process.env,
    GATEHOUSE_FAULTS: which,
    GATEHOUSE_FAULTS_REPORT: report,
    NATS_SERVER_BIN: program,
    GATEHOUSE_TEST_LIMIT_MS: String(limitMs),
  };
  const args = [join(root, 'tools/test.mjs'), 'e2e/faults.load.spec.ts'];
  const { status } = spawnSync(process.execPath, args, { env, stdio: 'inherit' });
  failed ||= status !== 0;
  if (existsSync(report)) reports.push(JSON.parse(readFileSync(report, 'utf8')));
  // After each program, so that an aborted run has written its results.
  if (which === 'all' && reports.length > 0) write(table(reports));
}
process.exit(failed ? 1 : 0);

/** One row for each fault. Figures that differ between the servers are in the order of the servers. */
function table(all) {
  const columns = {
    sent: 'sent',
    failed: 'failed requests',
    accepted: 'accepted',
    applied: 'applied',
    lost: 'lost',
    appliedTwice: 'applied twice',
    dead: 'dead',
    seconds: 'seconds',
  };
  const once = (values) => (new Set(values).size === 1 ? `${values[0]}` : values.join(' / '));
  const rows = all[0].results.map(({ name }) => {
    const found = all.map(({ results }) => results.find((result) => result.name === name));
    const figures = Object.keys(columns).map((key) => once(found.map((one) => one?.figures?.[key] ?? '–')));
    return [name, ...figures, once(found.map((one) => one?.status ?? 'not run'))];
  });
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const head = ['fault', ...Object.values(columns), ''];
  const servers = `nats-server ${all.map(({ nats }) => nats).join(' / ')}, PostgreSQL ${once(all.map((one) => one.postgres))}`;
  return [`${servers}${commit}:`, '', line(head), line(head.map(() => '---')), ...rows.map(line), ''].join('\n');
}

/** The tested commit, for the head of the table. */
function readCommit() {
  const git = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout?.trim() ?? '';
  const id = git('rev-parse', '--short', 'HEAD');
  if (id === '') return '';
  return `, commit ${id}${git('status', '--porcelain', '--', '.', ':!docs') === '' ? '' : ' with changes'}`;
}

function write(text) {
  const old = readFileSync(document, 'utf8');
  const [before] = old.split(begin);
  const [, after] = old.split(end);
  writeFileSync(document, `${before}${begin}\n\n${text}\n${end}${after}`);
  spawnSync(process.execPath, [
    join(root, 'node_modules/prettier/bin/prettier.cjs'),
    '--write',
    '--log-level=warn',
    document,
  ]);
}
