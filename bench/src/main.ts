import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { benchGateway } from './bench-gateway';
import { benchIngest } from './bench-ingest';
import { benchLedger } from './bench-ledger';
import { type Report } from './report';

const benchmarks: Record<string, (quick: boolean) => Promise<Report>> = {
  gateway: (quick) =>
    benchGateway(
      quick ? { seconds: 5, warmUpSeconds: 2, tokens: 10_000 } : { seconds: 20, warmUpSeconds: 5, tokens: 100_000 },
    ),
  ingest: (quick) =>
    benchIngest(
      quick ? { seconds: 15, warmUpSeconds: 3, events: 20_000 } : { seconds: 60, warmUpSeconds: 10, events: 200_000 },
    ),
  ledger: (quick) =>
    benchLedger({ seconds: quick ? 10 : 30, warmUpSeconds: 3, smallRows: 10_000, largeRows: 2_000_000 }),
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
