import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { metricPrefix, serviceNames, serviceRow } from '@gatehouse/contracts';
import { runCommand } from '@gatehouse/local-stack';
import { PATIENCE_MS, findPrometheus } from '@gatehouse/testing';
import { load } from 'js-yaml';
import { anchorsOf, markdownFiles, root, textOf } from '../docs/markdown';
import { allRules, recordedNames, rulesFile } from './rules';
import { groupingFaults, selectorFaults, selectorsOf } from './selectors';
import { sourceMetrics } from './source-metrics';

const metrics = sourceMetrics();
const rules = allRules();
const alerts = rules.filter(({ alert }) => alert !== undefined);
const runbookBase = 'https://gatehouse.example.com/';
/** Runbooks for what no alert reports: somebody asks, or notices. */
const withoutAlert = [
  'leaked-api-key.md',
  'erasure-request.md',
  'nats-lost-its-disk.md',
  'postgresql-failover.md',
  'restore-from-backup.md',
];

it('the rules are accepted by promtool', async () => {
  const { promtool } = await findPrometheus();
  const report = await runCommand(promtool, ['check', 'rules', join(root, rulesFile)], { timeoutMs: PATIENCE_MS });
  expect(report).toContain(`SUCCESS: ${rules.length} rules found`);
});

it('the PrometheusRule of Kubernetes holds the rules of monitoring/alerts.yaml', async () => {
  const printed = await runCommand(process.execPath, [join(root, 'tools/prometheus-rule.mjs')], {
    timeoutMs: PATIENCE_MS,
  });
  const kept = textOf('k8s/base/monitoring/prometheus-rule.yaml');
  expect(printed).toBe(kept);
  const { groups } = load(textOf(rulesFile)) as { groups: unknown };
  expect((load(kept) as { spec: { groups: unknown } }).spec.groups).toEqual(groups);
});

it.each(serviceNames)('%s is scraped on one machine, and alerts fire when it is down', (service) => {
  expect(textOf('monitoring/prometheus.yaml')).toMatch(
    new RegExp(`job_name: ${service}\\n.*'127\\.0\\.0\\.1:${serviceRow(service).opsPort}'`),
  );
  const expr = (name: string) => alerts.find(({ alert }) => alert === name)?.expr;
  expect(expr('GatehouseServiceDown')).toContain(`absent(${metricPrefix(service)}_ready), "service", "${service}"`);
  for (const name of ['GatehouseReplicaDown', 'GatehouseRestarts']) {
    const [, jobs = ''] = /job=~"([^"]*)"/.exec(expr(name) ?? '') ?? [];
    expect(jobs.split('|')).toContain(service);
  }
});

it('every metric and label of the rules exists in the services', () => {
  const selectors = rules.flatMap(({ expr }) => selectorsOf(expr));
  expect(selectors.length).toBeGreaterThan(100);
  expect(selectors.flatMap((selector) => selectorFaults(selector, metrics, recordedNames()))).toEqual([]);
  expect(rules.flatMap(({ expr }) => groupingFaults(expr, metrics))).toEqual([]);
});

it('every label value of the rules is spelled out in the sources', () => {
  const sources = globSync('{apps,libs}/*/src/**/*.ts', { cwd: root, exclude: ['**/*.spec.ts'] });
  const literals = new Set(
    sources.flatMap((path) => [...textOf(path).matchAll(/'([\w-]+)'/g)].map(([, text]) => text)),
  );
  const values = rules
    .flatMap(({ expr }) => selectorsOf(expr))
    .flatMap(({ matchers }) => matchers)
    .filter(({ label }) => !['job', '__name__', 'le'].includes(label))
    .flatMap(({ value }) => value.split('|'))
    .filter((value) => /^[\w-]+$/.test(value));
  expect(values.length).toBeGreaterThan(10);
  expect(values.filter((value) => !literals.has(value))).toEqual([]);
});

it.each([...new Set(alerts.map(({ alert = '' }) => alert))])(
  'the alert %s has a severity, a summary, a description and a runbook that exists',
  (name) => {
    for (const { labels, annotations } of alerts.filter(({ alert }) => alert === name)) {
      expect(['page', 'ticket']).toContain(labels?.['severity']);
      expect(annotations?.['summary']).toMatch(/^[{A-Z\d].{10,}[^.]$/);
      expect(annotations?.['description']).toMatch(/^[{A-Z\d/a-z].{20,}\.$/);
      const [path = '', anchor] = (annotations?.['runbook_url'] ?? '').replace(runbookBase, '').split('#');
      expect(path).toMatch(/^docs\/runbooks\/[\w-]+\.md$/);
      expect(existsSync(join(root, path)) ? path : `${path} is missing`).toBe(path);
      if (anchor !== undefined) expect([...anchorsOf(textOf(path))]).toContain(anchor);
    }
  },
);

it('an alert leads to every runbook, except to those for what no alert reports', () => {
  const linked = new Set(
    alerts.map(({ annotations }) => annotations?.['runbook_url']?.replace(runbookBase, '').split('#')[0]),
  );
  const runbooks = markdownFiles('docs/runbooks').filter((path) => !path.endsWith('/README.md'));
  const unreached = runbooks.filter((path) => !linked.has(path)).map((path) => path.replace('docs/runbooks/', ''));
  expect(unreached.filter((name) => !withoutAlert.includes(name))).toEqual([]);
  for (const name of withoutAlert) expect([...linked]).not.toContain(`docs/runbooks/${name}`);
});

it('docs/runbooks/README.md names every alert, and no alert that does not exist', () => {
  const named = [...textOf('docs/runbooks/README.md').matchAll(/`(Gatehouse\w+)`/g)].map(([, name]) => name);
  expect([...new Set(named)].sort()).toEqual([...new Set(alerts.map(({ alert }) => alert))].sort());
});

describe('the check of selectors', () => {
  it.each([
    ['a metric that nobody has', 'sum(rate(gatehouse_gateway_unknown_total[5m]))', 'gatehouse_gateway_unknown_total'],
    ['a label that the metric lacks', 'gatehouse_ingest_open_events{status="dead"}', 'status'],
    ['the bucket of a counter', 'gatehouse_gateway_requests_total_bucket', 'gatehouse_gateway_requests_total_bucket'],
    ['a pattern without a match', '{__name__=~"gatehouse_nobody_.+"}', 'gatehouse_nobody_'],
    ['an unknown recording rule', 'gatehouse:unknown:ratio5m > 1', 'gatehouse:unknown:ratio5m'],
  ])('reports %s', (_, expression, fault) => {
    const faults = selectorsOf(expression).flatMap((selector) => selectorFaults(selector, metrics, recordedNames()));
    expect(faults).toEqual([expect.stringContaining(fault)]);
  });

  it('reports a grouping by a label that no metric of the expression has', () => {
    expect(groupingFaults('sum by (state) (gatehouse_ingest_open_events)', metrics)).toEqual([]);
    expect(groupingFaults('sum by (status) (gatehouse_ingest_open_events)', metrics)).toHaveLength(1);
  });

  it('reads names, matchers, buckets and groupings', () => {
    const expression =
      'histogram_quantile(0.99, sum by (le, route) (rate(gatehouse_gateway_request_seconds_bucket{route!="x"}[5m]))) > 2e-1 * up';
    expect(selectorsOf(expression).map(({ name }) => name)).toEqual(['gatehouse_gateway_request_seconds_bucket', 'up']);
  });
});
