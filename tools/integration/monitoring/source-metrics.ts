import { globSync } from 'node:fs';
import { type ServiceName, metricPrefix, serviceNames } from '@gatehouse/contracts';
import { Registry, collectDefaultMetrics } from 'prom-client';
import { root, textOf } from '../docs/markdown';

/** A metric that services serve. `labels` are those of its declaration, without Prometheus's own. */
export interface SourceMetric {
  readonly type: string;
  readonly labels: readonly string[];
}

const declaration =
  /new (Counter|Gauge|Histogram)(?:<[^>]*>)?\(\{\s*name: ['`]([^'`]+)['`],[^]*?\n\s*(?:registers|registers: .*),?\n/g;

/**
 * Every metric of the services by name: those that the sources declare, and Node's own. Reads the sources, because the
 * text that a service serves lacks the labels of a metric without samples.
 */
export function sourceMetrics(): Map<string, SourceMetric> {
  const metrics = new Map<string, SourceMetric>();
  for (const path of globSync('{apps,libs}/*/src/**/*.ts', { cwd: root, exclude: ['**/*.spec.ts'] })) {
    for (const [text, type = '', name = ''] of textOf(path).matchAll(declaration)) {
      const listed = /labelNames: \[([^\]]*)\]/.exec(text)?.[1] ?? '';
      const labels = [...listed.matchAll(/'(\w+)'/g)].map(([, label = '']) => label);
      for (const whole of expanded(name)) metrics.set(whole, { type: type.toLowerCase(), labels });
    }
  }
  const node = new Registry();
  collectDefaultMetrics({ register: node });
  for (const metric of node.getMetricsAsArray()) {
    const { name, type } = metric as unknown as { name: string; type: string };
    metrics.set(name, { type, labels: [] });
  }
  return metrics;
}

/** The names of a declaration: several if it stands for one metric of every service, or of each with a relay. */
function expanded(name: string): string[] {
  const relay = '${relayPrefix}';
  if (name.includes(relay)) return relayServices().map((service) => name.replace(relay, metricPrefix(service)));
  const template = /\$\{(?:prefix|metricPrefix\(service\))\}/;
  return template.test(name) ? serviceNames.map((service) => name.replace(template, metricPrefix(service))) : [name];
}

/** Services that publish a stream from an outbox. */
function relayServices(): ServiceName[] {
  return serviceNames.filter((service) =>
    globSync(`apps/${service}/src/**/*.ts`, { cwd: root }).some((path) => textOf(path).includes('new StreamRelay(')),
  );
}
