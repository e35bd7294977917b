import { Counter, Histogram, Registry } from 'prom-client';
import { type EndedRequest, RequestSeries } from './request-series';

const BOUNDS = [0.001, 0.05, 2.5];
const labelNames = ['method', 'route', 'status', 'auth'] as const;

const requests: readonly (readonly [EndedRequest, seconds: number])[] = [
  [{ method: 'GET', route: '/api/me', status: 200, auth: 'api_key' }, 0.0005],
  [{ method: 'GET', route: '/api/me', status: 200, auth: 'api_key' }, 0.001],
  [{ method: 'GET', route: '/api/me', status: 200, auth: 'clerk_session' }, 0.04],
  [{ method: 'PATCH', route: '/api/me', status: 200, auth: 'api_key' }, 2.6],
  [{ method: 'GET', route: '/api/me', status: 401, auth: undefined }, 0.001],
  [{ method: 'GET', route: 'unknown', status: 404, auth: undefined }, 0.3],
];

it('requests are counted and measured as by prom-client itself', async () => {
  const [expected, shown] = [new Registry(), new Registry()];
  const series = new RequestSeries(BOUNDS);
  const counter = { name: 'requests_total', help: 'Requests', labelNames };
  const histogram = { name: 'request_seconds', help: 'Duration', labelNames: ['route'] as const, buckets: BOUNDS };
  new Counter({
    ...{ ...counter, registers: [shown] },
    collect() {
      series.writeTo(this);
    },
  });
  series.showIn(new Histogram({ ...histogram, registers: [shown] }));
  const count = new Counter({ ...counter, registers: [expected] });
  const measure = new Histogram({ ...histogram, registers: [expected] });
  for (const [request, seconds] of requests) {
    const { method, route, status, auth = 'none' } = request;
    series.add(request, seconds);
    count.inc({ method, route, status, auth });
    measure.observe({ route }, seconds);
    // A second reading counts nothing twice.
    expect(await shown.metrics()).toBe(await expected.metrics());
  }
});
