import { type Series, SAMPLES, healthy, labelsOf, steady } from '../healthy-series';

/** A course of the metrics, and the alerts that fire at given minutes: exactly these, as `<alert> <severity>`. */
export interface Scenario {
  readonly title: string;
  readonly series: Series;
  readonly fires: Readonly<Record<number, readonly string[]>>;
  /** Minutes between two samples and between two evaluations. Default: 1, and 2 between evaluations of a long scenario. */
  readonly everyMinutes?: number;
}

type Changes = Readonly<Record<string, string | undefined>>;

/** The healthy series with some changed, added or, if undefined, removed. */
export function but(...changes: readonly Changes[]): Series {
  const all = Object.assign({}, healthy, ...changes) as Record<string, string | undefined>;
  return Object.fromEntries(Object.entries(all).flatMap(([name, samples]) => (samples ? [[name, samples]] : [])));
}

/** One metric of one replica. */
export const one = (
  job: string,
  metric: string,
  labels: string,
  samples: string | undefined,
  replica = 1,
): Changes => ({
  [`${metric}{${labelsOf(job, replica)}${labels && `, ${labels}`}}`]: samples,
});

/** The same samples for one metric of both replicas. */
export const both = (job: string, metric: string, labels: string, samples: string | undefined): Changes => ({
  ...one(job, metric, labels, samples, 1),
  ...one(job, metric, labels, samples, 2),
});

/** Everything that one replica serves is gone after so many minutes, and Prometheus cannot reach it. */
export function down(job: string, replica: number, minutes = 0): Changes {
  const mine = Object.entries(healthy).filter(([name]) => name.includes(`{${labelsOf(job, replica)}`));
  return Object.fromEntries(
    mine.map(([name, samples]) => {
      if (name.startsWith('up{')) return [name, minutes === 0 ? steady(0) : `1+0x${minutes} 0+0x${SAMPLES}`];
      return [name, minutes === 0 ? undefined : `${samples.replace(/x\d+$/, `x${minutes}`)} stale`];
    }),
  );
}

export const ingest = (metric: string, labels: string, samples: string | undefined) =>
  both('webhook-ingest', `gatehouse_ingest_${metric}`, labels, samples);
export const users = (metric: string, labels: string, samples: string | undefined) =>
  both('user-sync', `gatehouse_user_sync_${metric}`, labels, samples);
export const keeper = (metric: string, labels: string, samples: string | undefined) =>
  both('stream-keeper', `gatehouse_stream_keeper_${metric}`, labels, samples);
export const gateway = (metric: string, labels: string, samples: string | undefined) =>
  both('api-gateway', `gatehouse_gateway_${metric}`, labels, samples);

export const route = 'method="GET", route="/api/users/me", auth="clerk_session"';
/** A counter that is constant, then rises once by so much, at minute 20. */
export const jump = (by: number): string => `0+0x19 ${by}+0x${SAMPLES}`;
/** A counter that rises for 20 minutes and then starts again at 0, as after a restart. */
export const restarted = (perMinute: number): string => `0+${perMinute}x19 0+${perMinute}x${SAMPLES}`;
