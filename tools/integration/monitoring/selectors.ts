import { type SourceMetric } from './source-metrics';

/** A matcher of a selector, such as `state="dead"`. */
interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

/** A selector of time series in a PromQL expression. */
export interface Selector {
  readonly name: string;
  readonly matchers: readonly Matcher[];
}

/** Labels that Prometheus adds to every time series that it scrapes, and those of a histogram's buckets. */
const ofPrometheus = ['job', 'instance', 'le', '__name__'];

/** The selectors of a PromQL expression. Handles the syntax that the rules and the dashboard use. */
export function selectorsOf(expression: string): Selector[] {
  const plain = expression.replaceAll(/\b(by|without|on|ignoring)\s*\([^)]*\)/g, ' ');
  const found: Selector[] = [];
  const pattern = /([a-zA-Z_:][\w:]*)?\s*\{([^}]*)\}|([a-zA-Z_:][\w:]*)(?!\s*\(|[\w:{])|"[^"]*"|\[[^\]]*\]|[\d.]+\w*/g;
  for (const [, named = '', matchers, bare] of plain.matchAll(pattern)) {
    if (bare !== undefined && !operators.has(bare)) found.push({ name: bare, matchers: [] });
    if (matchers !== undefined) found.push({ name: named, matchers: parseMatchers(matchers) });
  }
  return found;
}

const operators = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan']);

function parseMatchers(text: string): Matcher[] {
  return [...text.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g)].map(([, label = '', operator = '', value = '']) => ({
    label,
    operator,
    value,
  }));
}

/** The labels by which an expression groups or joins that none of its metrics has, nor `label_replace` makes. */
export function groupingFaults(expression: string, metrics: ReadonlyMap<string, SourceMetric>): string[] {
  const made = [...expression.matchAll(/label_replace\([^]*?,\s*"(\w+)"/g)].map(([, label = '']) => label);
  const carried = selectorsOf(expression).flatMap((selector) =>
    metricsOf(selector, metrics).flatMap((name) => (metrics.get(name) ?? histogramOf(name, metrics))?.labels ?? []),
  );
  const known = new Set([...ofPrometheus, ...made, ...carried]);
  const grouped = [...expression.matchAll(/\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g)].flatMap(
    ([, labels = '']) => labels.match(/\w+/g) ?? [],
  );
  return grouped.filter((label) => !known.has(label)).map((label) => `groups by ${label}, which no metric of it has`);
}

/** Names of the metrics that a selector selects: by its name, or by a pattern of names. */
function metricsOf({ name, matchers }: Selector, metrics: ReadonlyMap<string, SourceMetric>): string[] {
  const pattern = matchers.find(({ label }) => label === '__name__')?.value;
  return pattern === undefined ? [name] : [...metrics.keys()].filter((one) => new RegExp(`^(${pattern})$`).test(one));
}

/** What a selector names that does not exist: one sentence for each fault. `recorded`: names of recording rules. */
export function selectorFaults(
  selector: Selector,
  metrics: ReadonlyMap<string, SourceMetric>,
  recorded: ReadonlySet<string>,
): string[] {
  const { matchers } = selector;
  const names = metricsOf(selector, metrics);
  if (names.length === 0) return [`no metric matches ${matchers.find(({ label }) => label === '__name__')?.value}`];
  return names.flatMap((one) => {
    if (one === 'up' || one === 'ALERTS' || recorded.has(one)) return [];
    const metric = metrics.get(one) ?? histogramOf(one, metrics);
    if (metric === undefined) return [`no service has the metric ${one}`];
    const unknown = matchers.filter(({ label }) => !ofPrometheus.includes(label) && !metric.labels.includes(label));
    return unknown.map(({ label }) => `${one} has no label ${label}`);
  });
}

/** The histogram that a time series with the suffix `_bucket`, `_sum` or `_count` belongs to. */
function histogramOf(name: string, metrics: ReadonlyMap<string, SourceMetric>): SourceMetric | undefined {
  const metric = metrics.get(name.replace(/_(bucket|sum|count)$/, ''));
  return metric?.type === 'histogram' ? metric : undefined;
}
