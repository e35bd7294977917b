import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '@gatehouse/local-stack';
import { findPrometheus } from '@gatehouse/testing';
import { root } from '../docs/markdown';
import { allRules, groupNames, rulesFile } from './rules';
import { type Scenario } from './scenarios/scenario';
import { scenarios } from './scenarios/scenarios';

let promtool: string;
let directory: string;

beforeAll(async () => {
  ({ promtool } = await findPrometheus());
  directory = mkdtempSync(join(tmpdir(), 'gatehouse-rules-'));
  // promtool would spend a quarter of its time on the collection of garbage.
  process.env.GOGC = '400';
}, 330_000);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Scenarios that last longer are evaluated every other minute. promtool takes 25 ms for each evaluation of all rules. */
const LONG_MINUTES = 40;

/** The scenario as a test file of promtool. JSON is YAML. */
function testFile({ series, fires, everyMinutes }: Scenario): string {
  const minutes = Object.keys(fires).map(Number);
  const evaluated = everyMinutes ?? (Math.max(...minutes) > LONG_MINUTES ? 2 : 1);
  const firing = 'max by (alertname, severity) (ALERTS{alertstate="firing"})';
  return JSON.stringify({
    rule_files: [join(root, rulesFile)],
    evaluation_interval: `${evaluated}m`,
    // Otherwise promtool evaluates the groups in a random order, and recordings may be late by an interval.
    group_eval_order: groupNames(),
    tests: [
      {
        interval: `${everyMinutes ?? 1}m`,
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        promql_expr_test: Object.entries(fires).map(([minutes, alerts]) => ({
          expr: firing,
          eval_time: `${minutes}m`,
          exp_samples: alerts.map((text) => {
            const [alertname, severity] = text.split(' ');
            return { labels: `{alertname="${alertname}", severity="${severity}"}`, value: 1 };
          }),
        })),
      },
    ],
  });
}

async function run(scenario: Scenario): Promise<void> {
  const file = join(directory, `${scenarios.indexOf(scenario)}.json`);
  writeFileSync(file, testFile(scenario));
  await runCommand(promtool, ['test', 'rules', file], { timeoutMs: 60_000 });
}

it.each(scenarios.map((scenario) => [scenario.title, scenario] as const))('%s', (_, scenario) => run(scenario));

it('a scenario fails when an expected alert does not fire, or another one does', async () => {
  const [well, ...others] = scenarios;
  const firing = others.find(({ title }) => title.startsWith('GatehouseSilence'));
  if (well === undefined || firing === undefined) throw new Error('the scenarios have changed');
  await expect(run({ ...well, fires: { 5: ['GatehouseSilence page'] } })).rejects.toThrow();
  await expect(run({ ...firing, fires: { 5: [] } })).rejects.toThrow();
});

it('every alert fires in a scenario, and is quiet in another', () => {
  const fired = new Set(scenarios.flatMap(({ fires }) => Object.values(fires).flat()));
  const wanted = allRules().flatMap(({ alert, labels }) =>
    alert === undefined ? [] : `${alert} ${labels?.['severity']}`,
  );
  expect([...new Set(wanted)].filter((one) => !fired.has(one))).toEqual([]);
});
