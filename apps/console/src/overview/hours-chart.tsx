import { type DataOf } from '@gatehouse/client';
import { count } from '../ui/format';

type Stats = Pick<DataOf<'/admin/stats', 'get'>, 'at' | 'byHour'>;

const HOUR_MS = 3_600_000;
const HEIGHT = 100;
const GAP = 0.2;
const label = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** Events per hour as bars, the failed ones at the top of each. The same numbers follow as a table for screen readers. */
export function HoursChart({ stats, hours }: { readonly stats: Stats; readonly hours: number }) {
  const all = everyHour(stats, hours);
  const most = Math.max(1, ...all.map((hour) => hour.count));
  const high = (value: number) => (value / most) * HEIGHT;
  return (
    <figure style={{ margin: 0 }}>
      <svg className="hours" viewBox={`0 0 ${hours} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {all.map(({ at, count: total, failed }, index) => (
          <g key={at}>
            <title>{`${label.format(at)}: ${count(total)} events, ${count(failed)} failed`}</title>
            <rect
              className="applied"
              x={index + GAP / 2}
              width={1 - GAP}
              y={HEIGHT - high(total)}
              height={high(total)}
            />
            <rect
              className="failed"
              x={index + GAP / 2}
              width={1 - GAP}
              y={HEIGHT - high(total)}
              height={high(failed)}
            />
          </g>
        ))}
        <line className="base" x1="0" x2={hours} y1={HEIGHT} y2={HEIGHT} vectorEffect="non-scaling-stroke" />
      </svg>
      <div className="axis" aria-hidden="true">
        <span>{label.format(all[0]?.at)}</span>
        <span>
          <i className="key" />
          events, at most {count(most)} an hour <i className="key failed" /> failed
        </span>
        <span>{label.format(all.at(-1)?.at)}</span>
      </div>
      <table className="visually-hidden">
        <caption>Events per hour</caption>
        <thead>
          <tr>
            <th scope="col">Hour</th>
            <th scope="col">Events</th>
            <th scope="col">Failed</th>
          </tr>
        </thead>
        <tbody>
          {all.map(({ at, count: total, failed }) => (
            <tr key={at}>
              <th scope="row">{label.format(at)}</th>
              <td>{total}</td>
              <td>{failed}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

/** Every hour up to now, also those without an event. */
function everyHour({ at, byHour }: Stats, hours: number) {
  const known = new Map(byHour.map((hour) => [Date.parse(hour.hour), hour]));
  const last = Math.floor(Date.parse(at) / HOUR_MS) * HOUR_MS;
  return Array.from({ length: hours }, (_, index) => {
    const hour = last - (hours - 1 - index) * HOUR_MS;
    const { count: total = 0, failed = 0 } = known.get(hour) ?? {};
    return { at: hour, count: total, failed };
  });
}
