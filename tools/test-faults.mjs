// npm run test:faults [-- CELL,CELL]: the whole fault matrix; its table goes into docs/reliability.md. NATS_SERVER_BIN may
// name several nats-server programs, comma-separated: the matrix runs on each.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, stateDirectory } from './bootstrap.mjs';

const begin = '<!-- fault matrix: begin -->';
const end = '<!-- fault matrix: end -->';
const document = join(root, 'docs/reliability.md');
const which = process.argv[2] ?? 'all';
const programs = (process.env.NATS_SERVER_BIN ?? '').split(',').map((program) => program.trim());
const tables = [];
let failed = false;
const limitMs = 60 * 60_000;

mkdirSync(stateDirectory, { recursive: true, mode: 0o700 });
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
  const args = [join(root, 'tools/test.mjs'), '--selectProjects', 'e2e', '--testPathPatterns', 'faults.spec'];
  const { status } = spawnSync(process.execPath, args, { env, stdio: 'inherit' });
  failed ||= status !== 0;
  if (existsSync(report)) tables.push(table(JSON.parse(readFileSync(report, 'utf8'))));
}
if (which === 'all' && tables.length > 0) write(tables.join('\n'));
process.exit(failed ? 1 : 0);

function table({ nats, postgres, results }) {
  const keys = ['sent', 'failed', 'accepted', 'applied', 'lost', 'appliedTwice', 'dead', 'seconds'];
  const head = [
    'fault',
    'sent',
    'failed requests',
    'accepted',
    'applied',
    'lost',
    'applied twice',
    'dead',
    'seconds',
    '',
  ];
  const rows = results.map(({ name, figures, verdict }) => [
    name,
    ...keys.map((key) => figures?.[key] ?? '–'),
    verdict,
  ]);
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const title = `nats-server ${nats}, PostgreSQL ${postgres}:`;
  return [title, '', line(head), line(head.map(() => '---')), ...rows.map(line), ''].join('\n');
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
