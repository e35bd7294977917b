import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '@gatehouse/local-stack';
import { PATIENCE_MS, findPrometheus } from '@gatehouse/testing';
import { textOf } from '../docs/markdown';
import { recordedNames } from './rules';
import { groupingFaults, selectorFaults, selectorsOf } from './selectors';
import { sourceMetrics } from './source-metrics';

interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
  readonly datasource: { readonly uid: string };
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
}

interface Dashboard {
  readonly uid: string;
  readonly schemaVersion: number;
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] };
  readonly panels: readonly Panel[];
}

const dashboard = JSON.parse(textOf('monitoring/dashboard.json')) as Dashboard;
const panels = dashboard.panels.filter(({ type }) => type !== 'row');
const targets = panels.flatMap((panel) => panel.targets ?? []);
/** A query as Grafana sends it. */
const sent = (expr: string): string => expr.replaceAll('$__rate_interval', '1m').replaceAll('$job', '.+');

it('the dashboard has a data source to choose, and panels with unique ids that do not overlap', () => {
  expect(dashboard.templating.list.map(({ name, type }) => `${name}: ${type}`)).toContain('datasource: datasource');
  expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(36);
  expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  const taken = new Map<string, string>();
  for (const { title, gridPos } of dashboard.panels) {
    expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect([title, taken.get(`${x},${y}`)]).toEqual([title, undefined]);
        taken.set(`${x},${y}`, title);
      }
    }
  }
});

it.each(panels.map((panel) => [panel.title, panel] as const))(
  'the panel "%s" has a description, a unit, and queries with a legend on the chosen data source',
  (_, panel) => {
    expect(panel.description).toMatch(/^.{10,}\.$/);
    expect(panel.fieldConfig?.defaults.unit).toMatch(/^\w+$/);
    const own = panel.targets ?? [];
    expect(own.length).toBeGreaterThan(0);
    expect(new Set(own.map(({ refId }) => refId)).size).toBe(own.length);
    for (const { datasource, legendFormat } of own) {
      expect(datasource.uid).toBe('${datasource}');
      expect(legendFormat).not.toBe('');
    }
  },
);

it('every metric and label of the dashboard exists in the services', () => {
  const metrics = sourceMetrics();
  const selectors = targets.flatMap(({ expr }) => selectorsOf(sent(expr)));
  expect(selectors.length).toBeGreaterThan(targets.length);
  expect(selectors.flatMap((selector) => selectorFaults(selector, metrics, recordedNames()))).toEqual([]);
  expect(targets.flatMap(({ expr }) => groupingFaults(sent(expr), metrics))).toEqual([]);
});

it('every query of the dashboard is accepted by promtool', async () => {
  const { promtool } = await findPrometheus();
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-dashboard-'));
  try {
    const rules = targets.map(({ expr }, index) => ({ record: `query:${index}`, expr: sent(expr) }));
    const file = join(directory, 'queries.json');
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
    const report = await runCommand(promtool, ['check', 'rules', file], { timeoutMs: PATIENCE_MS });
    expect(report).toContain(`SUCCESS: ${rules.length} rules found`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

it('the dashboard shows every metric of ours, except those that another one implies', () => {
  const shown = new Set(
    targets.flatMap(({ expr }) => selectorsOf(sent(expr)).map(({ name }) => name.replace(/_(bucket|sum|count)$/, ''))),
  );
  const implied = [
    // Shown by a pattern of names.
    /_(ready|secret_rejected)$/,
    /_secret_reloads_total$/,
    'gatehouse_ingest_bad_timestamps_total',
    'gatehouse_ingest_clerk_movements_total',
  ];
  const missing = [...sourceMetrics().keys()].filter(
    (name) =>
      name.startsWith('gatehouse_') &&
      !shown.has(name) &&
      !implied.some((one) => (typeof one === 'string' ? one === name : one.test(name))),
  );
  expect(missing).toEqual([]);
});
