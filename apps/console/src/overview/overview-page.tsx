import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { EventBadge } from '../events/event-badge';
import { Badge, type Tone } from '../ui/badge';
import { Card } from '../ui/card';
import { count, duration, sentence } from '../ui/format';
import { Moment } from '../ui/moment';
import { Page } from '../ui/page';
import { Read } from '../ui/states';
import { FindingList } from './finding-list';
import { findingsOf } from './findings';
import { HoursChart } from './hours-chart';
import { HOURS, gatewaysQuery, lastReconcileQuery, statsQuery } from './queries';

const STATS = `GET /admin/stats?hours=${HOURS}`;
const silenceTones: Readonly<Record<string, Tone>> = {
  heard: 'good',
  alarm: 'bad',
  quiet: 'neutral',
  unknown: 'neutral',
};
const runTones: Readonly<Record<string, Tone>> = { done: 'good', failed: 'bad', refused: 'bad', needs_approval: 'bad' };
const MOST_TYPES = 6;

/** At a glance: whether events arrive and are applied, and what needs somebody. */
export function OverviewPage() {
  const stats = useQuery(statsQuery);
  const run = useQuery(lastReconcileQuery);
  const gateways = useQuery(gatewaysQuery);
  const readAt = stats.dataUpdatedAt;
  const findings = findingsOf(stats.data, run.data, gateways.data);
  return (
    <Page title="Overview">
      <Card title="What needs you" isWide>
        <Read query={stats} what="what needs you">
          {() => <FindingList findings={findings} isWhole={run.data !== undefined && gateways.data !== undefined} />}
        </Read>
      </Card>
      {stats.data !== undefined && (
        <>
          <div className="cards">
            <Card
              title="Webhooks"
              mark={
                <Badge tone={silenceTones[stats.data.silence.state] ?? 'neutral'}>{stats.data.silence.state}</Badge>
              }
              {...{ source: STATS, readAt }}
            >
              <p>{sentence(stats.data.silence.reason)}</p>
              {stats.data.lastEvent !== null && (
                <p className="quiet small">
                  Last: {stats.data.lastEvent.eventType} at <Moment at={stats.data.lastEvent.at} />
                </p>
              )}
            </Card>
            <Waiting open={stats.data.open} {...{ readAt }} />
            <Card title="Dead" source={STATS} readAt={readAt}>
              <p className={stats.data.open.dead > 0 ? 'number bad' : 'number good'}>{count(stats.data.open.dead)}</p>
              <p className="small">
                {stats.data.open.dead > 0 ? (
                  <Link to="/events" search={{ dead: true }}>
                    Show the dead events
                  </Link>
                ) : (
                  <span className="quiet">No event is dead.</span>
                )}
              </p>
            </Card>
            <Card title="Received to applied" source={STATS} readAt={readAt}>
              <p className="number">{duration(stats.data.receivedToApplied.p50Ms)}</p>
              <p className="quiet small">
                Half are faster, 99 % within {duration(stats.data.receivedToApplied.p99Ms)}, of{' '}
                {count(stats.data.receivedToApplied.events)} events without a retry
              </p>
            </Card>
          </div>
          <Card title={`Events of the last ${HOURS} hours`} isWide source={STATS} readAt={readAt}>
            <HoursChart stats={stats.data} hours={HOURS} />
          </Card>
          <div className="two">
            <ByType types={stats.data.byType} {...{ readAt }} />
            <Card title="By status" source={STATS} readAt={readAt}>
              <dl className="facts short">
                {Object.entries(stats.data.byStatus)
                  .filter(([, number]) => number > 0)
                  .map(([status, number]) => (
                    <div key={status} style={{ display: 'contents' }}>
                      <dt>
                        <EventBadge status={status} />
                      </dt>
                      <dd>{count(number)}</dd>
                    </div>
                  ))}
              </dl>
            </Card>
          </div>
        </>
      )}
      <div className="two">
        <Card title="Last reconcile run" source="GET /admin/reconcile?limit=1" readAt={run.dataUpdatedAt}>
          <Read query={run} what="the last reconcile run">
            {(last) =>
              last === null ? (
                <p className="quiet">There was none yet.</p>
              ) : (
                <dl className="facts short">
                  <dt>State</dt>
                  <dd>
                    <Badge tone={runTones[last.state] ?? 'wait'}>{last.state}</Badge>
                  </dd>
                  <dt>Compared</dt>
                  <dd>
                    {count(last.usersDone)} users{last.usersTotal === null ? '' : ` of ${count(last.usersTotal)}`}
                  </dd>
                  <dt>Not at Clerk</dt>
                  <dd>{count(last.absences)}</dd>
                  <dt>Ended</dt>
                  <dd>
                    <Moment at={last.finishedAt} />
                  </dd>
                </dl>
              )
            }
          </Read>
        </Card>
        <Card title="Gateways" source="GET /admin/gateways" readAt={gateways.dataUpdatedAt}>
          <Read query={gateways} what="the gateways">
            {({ items, current }) => (
              <dl className="facts short">
                {items.map(({ id, live, acknowledged }) => (
                  <div key={id} style={{ display: 'contents' }}>
                    <dt className="code">{id.slice(0, 8)}</dt>
                    <dd>
                      <Badge tone={live ? 'good' : 'neutral'}>{live ? 'live' : 'ended'}</Badge> knows change{' '}
                      {count(acknowledged)} of {count(current)}
                    </dd>
                  </div>
                ))}
              </dl>
            )}
          </Read>
        </Card>
      </div>
    </Page>
  );
}

interface Open {
  readonly pending: number;
  readonly processing: number;
  readonly retrying: number;
}

function Waiting({ open, readAt }: { readonly open: Open; readonly readAt: number }) {
  const waiting = open.pending + open.processing + open.retrying;
  return (
    <Card title="Waiting" source={STATS} readAt={readAt}>
      <p className={waiting > 0 ? 'number wait' : 'number good'}>{count(waiting)}</p>
      <p className="quiet small">
        {count(open.pending)} pending, {count(open.processing)} processing, {count(open.retrying)} to be retried
      </p>
    </Card>
  );
}

function ByType({
  types,
  readAt,
}: {
  readonly types: readonly { eventType: string; count: number }[];
  readonly readAt: number;
}) {
  const [first, ...rest] = [...types].sort((one, other) => other.count - one.count).slice(0, MOST_TYPES);
  return (
    <Card title="By type" source={STATS} readAt={readAt}>
      {first === undefined ? (
        <p className="quiet">No event in these hours.</p>
      ) : (
        <div className="bars">
          {[first, ...rest].map((type) => (
            <div key={type.eventType} style={{ display: 'contents' }}>
              <Link to="/events" search={{ find: type.eventType }}>
                {type.eventType}
              </Link>
              <meter min={0} max={first.count} value={type.count} aria-label={type.eventType} />
              <span>{count(type.count)}</span>
            </div>
          ))}
        </div>
      )}
    </Card>
  );
}
