import { type EntryOf } from '@gatehouse/client';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { count } from '../ui/format';
import { Moment } from '../ui/moment';
import { Page } from '../ui/page';
import { RowList } from '../ui/row-list';
import { Empty, Read } from '../ui/states';
import { EventBadge } from './event-badge';
import { EventFilters } from './event-filters';
import { eventsQuery } from './queries';

type Event = EntryOf<'/admin/webhook-events'>;

/** The events of the ledger, newest first. */
export function EventsPage() {
  const search = useSearch({ from: '/events' });
  const queries = useQueryClient();
  const query = eventsQuery(search);
  const events = useInfiniteQuery(query);
  // Begins with the first page again. A refetch would read each page that was scrolled through.
  const readAgain = () => void queries.resetQueries({ queryKey: query.queryKey, exact: true });
  const isFiltered = Object.keys(search).length > 0;
  return (
    <Page
      title="Events"
      actions={
        <button type="button" disabled={events.isFetching} onClick={readAgain}>
          {events.isFetching ? 'Reading' : 'Read again'}
        </button>
      }
    >
      <EventFilters search={search} />
      <Read query={events} what="the events">
        {({ pages }) => {
          const entries = pages.flatMap(({ items }) => items);
          if (entries.length === 0) return <NoEvents isFiltered={isFiltered} />;
          return (
            <>
              <RowList
                entries={entries}
                keyOf={({ id }) => id}
                row={(event) => <EventRow event={event} />}
                titles={<Titles />}
                hasMore={events.hasNextPage && events.error === null}
                isReading={events.isFetching}
                readMore={() => void events.fetchNextPage()}
              />
              <p className="source" role="status">
                {events.hasNextPage ? `The newest ${count(entries.length)} so far` : `All ${count(entries.length)}`},
                from <code>GET /admin/webhook-events</code>, read at <Moment at={events.dataUpdatedAt} />
              </p>
            </>
          );
        }}
      </Read>
    </Page>
  );
}

function Titles() {
  return (
    <div className="row title" aria-hidden="true">
      <span>Status</span>
      <span>Type</span>
      <span>User</span>
      <span>Error</span>
      <span>Recorded</span>
    </div>
  );
}

function EventRow({ event }: { readonly event: Event }) {
  const { id, status, eventType, clerkUserId, errorMessage, createdAt } = event;
  return (
    <Link className="row" to="/events/$id" params={{ id }}>
      <span className="mark">
        <EventBadge status={status} />
      </span>
      <span className="first">{eventType}</span>
      <span className="second code">{clerkUserId ?? '–'}</span>
      <span className="less quiet small" title={errorMessage ?? undefined}>
        {errorMessage ?? ''}
      </span>
      <span className="corner quiet small">
        <Moment at={createdAt} />
      </span>
    </Link>
  );
}

function NoEvents({ isFiltered }: { readonly isFiltered: boolean }) {
  return isFiltered ? (
    <Empty title="No event matches">
      Events are found by whole ids and names. <Link to="/events">Show all events</Link>
    </Empty>
  ) : (
    <Empty title="No event has arrived yet">
      Clerk sends an event when a user changes. If none arrives, check the webhook endpoint in Clerk&apos;s dashboard,
      and run <code>gatehouse doctor</code>.
    </Empty>
  );
}
