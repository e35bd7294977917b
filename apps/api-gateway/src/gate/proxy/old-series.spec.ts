import { LiveValue } from '@gatehouse/config';
import { Registry } from 'prom-client';
import { GatewayMetrics } from '../../metrics/gateway-metrics';
import { parsePolicy } from '../policy/parse-policy';
import { type Policy } from '../policy/policy';
import { type PolicyFile } from '../policy/policy-file';
import { OldSeries } from './old-series';
import { UpstreamMetrics } from './upstream-metrics';

const policyOf = (...names: string[]) =>
  parsePolicy(`
upstreams: { ${names.map((name) => `${name}: { url: 'http://${name}', audience: ${name} }`).join(', ')} }
routes: [${names.map((name) => `{ path: '/${name}/*', upstream: ${name}, access: user }`).join(', ')}]
`) as Policy;

it('a route or upstream that leaves the policy leaves the metrics, and no other does', async () => {
  const registry = new Registry();
  const policy = new LiveValue(policyOf('old', 'kept'));
  const config = { gate: { policy } as unknown as PolicyFile };
  const [metrics, upstreams] = [new GatewayMetrics(registry), new UpstreamMetrics(registry, config)];
  new OldSeries(config, metrics, upstreams).onModuleInit();
  const routes = ['proxy /old/*', 'proxy /kept/*', 'forward-auth /old/*', 'forward-auth unknown', '/old/*', 'unknown'];
  for (const route of routes) {
    for (const status of [200, 401]) metrics.requestEnded({ method: 'GET', route, status, auth: undefined }, 1);
  }
  for (const name of ['old', 'kept']) upstreams.failed(name, 'upstream_timeout');
  policy.set(policyOf('kept', 'new'));
  await new Promise((resolve) => setImmediate(resolve));
  const text = await registry.metrics();
  for (const name of ['gatehouse_gateway_requests_total', 'gatehouse_gateway_request_seconds_count']) {
    const left = [...text.matchAll(new RegExp(`^${name}\\{.*?route="([^"]*)"`, 'gm'))].map(([, route]) => route);
    expect([name, [...new Set(left)]]).toEqual([name, ['proxy /kept/*', 'forward-auth unknown', '/old/*', 'unknown']]);
  }
  expect(text.match(/upstream_failures_total\{upstream="\w+"/g)).toEqual(['upstream_failures_total{upstream="kept"']);
});
