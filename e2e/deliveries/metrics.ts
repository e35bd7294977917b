import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { metricPrefix, serviceNames } from '@gatehouse/contracts';
import { workspaceRoot } from '@gatehouse/local-stack';
import { stack } from './shared-stack';

it('every metric begins with the name of its service, and docs/reference/metrics.md lists exactly the existing ones', async () => {
  const all: string[] = [];
  for (const service of serviceNames) {
    const { OPS_PORT } = stack.gatehouse.environments[service];
    const text = await (await fetch(`http://127.0.0.1:${OPS_PORT}/metrics`)).text();
    const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name);
    const ours = names.filter((name) => !/^(process|nodejs)_/.test(name));
    expect(ours.filter((name) => !name.startsWith(`${metricPrefix(service)}_`))).toEqual([]);
    all.push(...ours);
  }
  const document = readFileSync(join(workspaceRoot(), 'docs/reference/metrics.md'), 'utf8');
  const listed = [...document.matchAll(/^\| `(gatehouse_\w+)`/gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual(all.sort());
});
