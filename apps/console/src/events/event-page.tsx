import { type DataOf } from '@gatehouse/client';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { Card } from '../ui/card';
import { Command } from '../ui/command';
import { count, duration } from '../ui/format';
import { Moment } from '../ui/moment';
import { Page } from '../ui/page';
import { Read } from '../ui/states';
import { EventBadge } from './event-badge';
import { eventQuery } from './queries';
import { RedriveDialog } from './redrive-dialog';

type Event = DataOf<'/admin/webhook-events/{id}', 'get'>;

const SOURCE = 'GET /admin/webhook-events/:id';
const redrivable = ['failed', 'ignored', 'success'];

/** One event: what became of it, and why. */
export function EventPage() {
  const { id } = useParams({ from: '/events/$id' });
  const event = useQuery(eventQuery(id));
  const [isAsking, setAsking] = useState(false);
  const { data } = event;
  const mark = data === undefined ? undefined : <EventBadge status={data.status} />;
  return (
    <Page
      title={data?.eventType ?? 'Event'}
      mark={mark}
      actions={
        data !== undefined && redrivable.includes(data.status) ? (
          <button type="button" className="primary" onClick={() => setAsking(true)}>
            Redrive …
          </button>
        ) : undefined
      }
    >
      <p className="small">
        <Link to="/events">All events</Link>
      </p>
      <Read query={event} what="the event">
        {(shown) => (
          <>
            {shown.errorMessage !== null && (
              <p className="notice bad">
                <strong>{shown.errorMessage}</strong>
              </p>
            )}
            <div className="two">
              <Facts event={shown} readAt={event.dataUpdatedAt} />
              <Timeline event={shown} readAt={event.dataUpdatedAt} />
            </div>
            <Contents event={shown} />
            {isAsking && <RedriveDialog id={shown.id} close={() => setAsking(false)} />}
          </>
        )}
      </Read>
    </Page>
  );
}

function Facts({ event, readAt }: { readonly event: Event; readonly readAt: number }) {
  return (
    <Card title="Facts" source={SOURCE} readAt={readAt}>
      <dl className="facts">
        <dt>Delivery</dt>
        <dd>
          <Command text={event.webhookId} />
        </dd>
        <dt>Ledger id</dt>
        <dd className="code">{event.id}</dd>
        <dt>User</dt>
        <dd>
          {event.clerkUserId === null ? (
            '–'
          ) : (
            <Link className="code" to="/users/$id" params={{ id: event.clerkUserId }}>
              {event.clerkUserId}
            </Link>
          )}
        </dd>
        <dt>Retries</dt>
        <dd>
          {count(event.retryCount)} of {count(event.maxRetries)}
        </dd>
        <dt>Correlation id</dt>
        <dd className="code">{event.correlationId}</dd>
        <dt>Clerk instance</dt>
        <dd className="code">{event.instanceId ?? '–'}</dd>
        <dt>Sent from</dt>
        <dd className="code">{event.sourceIp ?? '–'}</dd>
      </dl>
    </Card>
  );
}

interface Step {
  readonly title: string;
  readonly at: string;
  readonly tone?: 'good' | 'bad' | 'wait';
  readonly more?: string;
}

function Timeline({ event, readAt }: { readonly event: Event; readonly readAt: number }) {
  const steps = stepsOf(event);
  return (
    <Card title="What happened" source={SOURCE} readAt={readAt}>
      <ol className="timeline">
        {steps.map(({ title, at, tone = '', more }, index) => {
          const before = steps[index - 1];
          return (
            <li key={title} className={tone}>
              <strong>{title}</strong>
              <span className="quiet small">
                <Moment at={at} />
                {before !== undefined && `, ${duration(Math.max(0, Date.parse(at) - Date.parse(before.at)))} later`}
              </span>
              {more !== undefined && <span className="small">{more}</span>}
            </li>
          );
        })}
      </ol>
    </Card>
  );
}

function stepsOf(event: Event): Step[] {
  const { occurredAt, createdAt, publishedAt, processedAt, nextRetryAt, status, streamSequence } = event;
  const steps: (Step | false)[] = [
    occurredAt !== null && { title: 'It happened at Clerk', at: occurredAt },
    { title: 'The delivery was recorded', at: createdAt },
    publishedAt !== null && {
      title: 'It was published to user-sync',
      at: publishedAt,
      more: `Attempt ${count(event.publishNumber)}${streamSequence === null ? '' : `, sequence ${count(streamSequence)}`}`,
    },
    processedAt !== null && {
      title: status === 'success' ? 'It was applied' : `It ended as ${status}`,
      at: processedAt,
      tone: status === 'success' ? 'good' : status === 'ignored' ? 'wait' : 'bad',
    },
    nextRetryAt !== null && { title: 'It will be retried', at: nextRetryAt, tone: 'wait' },
  ];
  return steps.filter((step) => step !== false);
}

function Contents({ event }: { readonly event: Event }) {
  const parts = [
    ['Details of the error', event.errorDetails],
    ['What user-sync reported', event.processedData],
    ['What Clerk sent, with personal data', event.payload],
  ] as const;
  return (
    <div>
      {parts
        .filter(([, content]) => content !== null && content !== undefined)
        .map(([title, content]) => (
          <Disclosure key={title} title={title} content={content} />
        ))}
    </div>
  );
}

/** Is in the document only when it is opened: over a shoulder, a screenshot or a shared screen shows no personal data. */
function Disclosure({ title, content }: { readonly title: string; readonly content: unknown }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{title}</summary>
      {isOpen && <pre tabIndex={0}>{JSON.stringify(content, null, 2)}</pre>}
    </details>
  );
}
