import { type AuthMethod } from '@gatehouse/contracts';
import { type Counter, type Histogram } from 'prom-client';

/** A request that has ended, with labels of few values. */
export interface EndedRequest {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  /** Method of the accepted credential; undefined without one. */
  readonly auth: AuthMethod | undefined;
}

/**
 * Counts and durations of requests, by route. The metrics of prom-client get them when they are asked for their values:
 * they would build two texts from the labels of each request, to find its series.
 */
export class RequestSeries {
  private readonly routes = new Map<string, RouteRequests>();

  /** @param bounds upper bounds of the buckets of durations; seconds */
  constructor(private readonly bounds: readonly number[]) {}

  /** Counts a request that took `seconds`. */
  add(request: EndedRequest, seconds: number): void {
    let route = this.routes.get(request.route);
    if (route === undefined) {
      route = new RouteRequests(this.bounds);
      this.routes.set(request.route, route);
    }
    route.count(request);
    route.observe(seconds);
  }

  /** Drops the series of routes that are gone. */
  forget(isGone: (route: string) => boolean): void {
    for (const route of this.routes.keys()) if (isGone(route)) this.routes.delete(route);
  }

  /** Gives a counter these counts in place of its own. */
  writeTo(counter: Counter<'method' | 'route' | 'status' | 'auth'>): void {
    counter.reset();
    for (const [route, { counts }] of this.routes) {
      for (const { method, status, auth, count } of [...counts.values()].flat()) {
        counter.inc({ method, route, status, auth: auth ?? 'none' }, count);
      }
    }
  }

  /** Makes a histogram with the same buckets show these durations in place of its own. */
  showIn(histogram: Histogram<'route'>): void {
    const metric = histogram as unknown as ReadMetric;
    const values = () => [...this.routes].flatMap(([route, requests]) => requests.durations(metric.name, route));
    const { name, help, type, aggregator } = metric;
    // A registry reads a histogram by these methods alone. prom-client has none that sets the values of one.
    metric.get = metric.getForPromString = () => Promise.resolve({ name, help, type, aggregator, values: values() });
  }
}

/** What a registry reads of a metric. */
interface ReadMetric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator: string;
  get: () => Promise<unknown>;
  getForPromString: () => Promise<unknown>;
}

/** Requests of one route. */
class RouteRequests {
  /** By status, because an upstream may use hundreds: one count for each method and credential that has occurred. */
  readonly counts = new Map<number, (Omit<EndedRequest, 'route'> & { count: number })[]>();
  /** Requests in each bucket and in none of those before it; at the end, those above all bounds. */
  private readonly buckets: number[];
  private seconds = 0;

  constructor(private readonly bounds: readonly number[]) {
    this.buckets = [...bounds.map(() => 0), 0];
  }

  count({ method, status, auth }: EndedRequest): void {
    let ofStatus = this.counts.get(status);
    if (ofStatus === undefined) this.counts.set(status, (ofStatus = []));
    for (const known of ofStatus) {
      if (known.method === method && known.auth === auth) {
        known.count += 1;
        return;
      }
    }
    ofStatus.push({ method, status, auth, count: 1 });
  }

  observe(seconds: number): void {
    const { bounds, buckets } = this;
    let place = 0;
    while (seconds > (bounds[place] ?? Infinity)) place += 1;
    buckets[place] = (buckets[place] ?? 0) + 1;
    this.seconds += seconds;
  }

  /** Values of a histogram, as prom-client writes them: a bucket holds the requests of those before it, too. */
  durations(name: string, route: string) {
    let count = 0;
    const buckets = this.buckets.map((inBucket, place) => {
      count += inBucket;
      return { metricName: `${name}_bucket`, labels: { le: this.bounds[place] ?? '+Inf', route }, value: count };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels: { route }, value: this.seconds },
      { metricName: `${name}_count`, labels: { route }, value: count },
    ];
  }
}
