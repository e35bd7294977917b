import { serviceNames } from '@gatehouse/contracts';
import { textOf } from '../docs/markdown';
import { sourceMetrics } from './source-metrics';

const documented = [...textOf('docs/reference/metrics.md').matchAll(/^\| `(gatehouse_\w+)`\s+\|([^|]*)\|/gm)].map(
  ([, name = '', labels = '']) => [name, labels.match(/\w+/g) ?? []] as const,
);
const declared = [...sourceMetrics()].filter(([name]) => name.startsWith('gatehouse_'));

it('docs/reference/metrics.md lists every metric that the sources declare, with its labels', () => {
  expect(declared.length).toBeGreaterThan(serviceNames.length * 5);
  const sorted = (all: readonly (readonly [string, readonly string[]])[]) =>
    all.map(([name, labels]) => `${name}{${[...labels].sort().join()}}`).sort();
  expect(sorted(documented)).toEqual(sorted(declared.map(([name, { labels }]) => [name, labels])));
});
