import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { benchApply } from './bench-apply';
import { benchGateway } from './gateway/bench-gateway';
import { benchIngest } from './bench-ingest';
import { benchLedger } from './bench-ledger';
import { benchRevocation } from './revocation/bench-revocation';
import { benchRealtime } from './realtime/bench-realtime';
import { benchReconcile } from './bench-reconcile';
import { benchStreams } from './bench-streams';
import { benchWriteBack } from './bench-write-back';
import { type Report } from './report';
import { benchUserData } from './user-data/bench-user-data';

const benchmarks: Record<string, (quick: boolean) => Promise<Report>> = {
  apply: (quick) =>
    benchApply(quick ? { rounds: 3, seconds: 2, users: 5_000 } : { rounds: 7, seconds: 5, users: 20_000 }),
  gateway: (quick) =>
    benchGateway(
      quick
        ? { rounds: 7, seconds: 2, warmUpRequests: 8_000, tokens: 10_000, callers: 20_000 }
        : { rounds: 11, seconds: 4, warmUpRequests: 30_000, tokens: 100_000, callers: 20_000 },
    ),
  ingest: (quick) =>
    benchIngest(
      quick ? { seconds: 15, warmUpSeconds: 3, events: 20_000 } : { seconds: 60, warmUpSeconds: 10, events: 200_000 },
    ),
  ledger: (quick) =>
    benchLedger({ seconds: quick ? 10 : 30, warmUpSeconds: 3, smallRows: 10_000, largeRows: 2_000_000 }),
  revocation: (quick) => benchRevocation(quick ? { users: 12, partitions: 2 } : { users: 80, partitions: 10 }),
  realtime: (quick) =>
    benchRealtime(quick ? { streams: 1_000, slow: 100, seconds: 10 } : { streams: 10_000, slow: 1_000, seconds: 20 }),
  reconcile: (quick) => benchReconcile({ users: quick ? 10_000 : 100_000 }),
  streams: (quick) =>
    benchStreams(quick ? { users: 10_000, seconds: 10, snapshots: 2 } : { users: 100_000, seconds: 60, snapshots: 3 }),
  'user-data': (quick) =>
    benchUserData(
      quick
        ? {
            ...{ rounds: 3, requests: 500, seconds: 5, warmUpRequests: 500, connections: 32, pageRequests: 40 },
            ...{ readers: 64, many: 1_000, smallRows: 1_000, largeRows: 100_000 },
          }
        : {
            ...{ rounds: 9, requests: 2_500, seconds: 15, warmUpRequests: 2_500, connections: 32, pageRequests: 200 },
            ...{ readers: 120, many: 10_000, smallRows: 1_000, largeRows: 1_000_000 },
          },
    ),
  'write-back': (quick) => benchWriteBack(quick ? { users: 5_000, seconds: 15 } : { users: 40_000, seconds: 60 }),
};

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'string' }, quick: { type: 'boolean', default: false } },
  });
  const [name = ''] = positionals;
  const run = benchmarks[name];
  if (run === undefined) {
    process.stderr.write(`usage: npm run bench -- ${Object.keys(benchmarks).join('|')} [--quick] [--json FILE]\n`);
    return 2;
  }
  const report = await run(values.quick);
  const text = `${JSON.stringify(report, null, 2)}\n`;
  if (values.json !== undefined) writeFileSync(values.json, text);
  process.stdout.write(text);
  return 0;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`the benchmark failed: ${error instanceof Error ? error.message : 'unknown'}\n`);
    process.exit(1);
  },
);
