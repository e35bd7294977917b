import { type DataOf } from '@gatehouse/client';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Badge } from '../ui/badge';
import { Card } from '../ui/card';
import { count } from '../ui/format';
import { Moment } from '../ui/moment';
import { Page } from '../ui/page';
import { Read } from '../ui/states';
import { storyQuery, userQuery } from './queries';
import { stateOf } from './user-state';

type User = DataOf<'/admin/users/{id}', 'get'>;

/** One user: how it stands, and how that came about. */
export function UserPage() {
  const { id } = useParams({ from: '/users/$id' });
  const user = useQuery(userQuery(id));
  const [state, tone] = user.data === undefined ? [] : stateOf(user.data);
  return (
    <Page
      title={user.data?.fullName ?? user.data?.email ?? 'User'}
      mark={state !== undefined && tone !== undefined ? <Badge tone={tone}>{state}</Badge> : undefined}
    >
      <p className="small">
        <Link to="/users">All users</Link>
      </p>
      <Read query={user} what="the user">
        {(shown) => (
          <div className="two">
            <Facts user={shown} readAt={user.dataUpdatedAt} />
            <Story id={id} />
          </div>
        )}
      </Read>
    </Page>
  );
}

function Facts({ user, readAt }: { readonly user: User; readonly readAt: number }) {
  const facts: readonly (readonly [name: string, value: string | null])[] = [
    ['E-mail address', user.email],
    ['Phone number', user.phoneNumber],
    ['Role', user.role],
    ['Tier', user.subscription],
    ['Our id', user.id],
    ['Clerk id', user.clerkUserId],
    ['Stripe customer', user.stripeCustomerId],
  ];
  return (
    <Card title="Facts" source="GET /admin/users/:id" readAt={readAt}>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>{value ?? '–'}</dd>
          </div>
        ))}
        <dt>Created</dt>
        <dd>
          <Moment at={user.createdAt} />
        </dd>
        <dt>Changed at Clerk</dt>
        <dd>
          <Moment at={user.clerkUpdatedAt} />
        </dd>
        {user.deletedAt !== null && (
          <>
            <dt>Deleted</dt>
            <dd>
              <Moment at={user.deletedAt} />
            </dd>
          </>
        )}
      </dl>
      {user.clerkUserId !== null && (
        <p className="small">
          <Link to="/events" search={{ find: user.clerkUserId }}>
            Events of this user
          </Link>
        </p>
      )}
    </Card>
  );
}

function Story({ id }: { readonly id: string }) {
  const story = useInfiniteQuery(storyQuery(id));
  return (
    <Card title="Story, the newest first" source="GET /admin/users/:id/explain" readAt={story.dataUpdatedAt}>
      <Read query={story} what="the story">
        {({ pages }) => {
          // Within a page, the oldest step comes first.
          const steps = pages.flatMap((page) => [...page.steps].reverse());
          if (steps.length === 0) return <p className="quiet">Nothing was observed of this user yet.</p>;
          return (
            <>
              <ol className="timeline">
                {steps.map((step) => (
                  <li key={`${step.id} ${step.attempt}`}>
                    <strong>{step.decision}</strong>
                    <span className="small">{step.reason}</span>
                    <span className="quiet small">
                      <Moment at={step.at} />, by {step.source === 'webhook' ? <OfEvent id={step.id} /> : step.source} (
                      {step.eventType}), attempt {count(step.attempt)}
                    </span>
                  </li>
                ))}
              </ol>
              {story.hasNextPage && (
                <button type="button" disabled={story.isFetching} onClick={() => void story.fetchNextPage()}>
                  Older steps
                </button>
              )}
            </>
          );
        }}
      </Read>
    </Card>
  );
}

function OfEvent({ id }: { readonly id: string }) {
  return (
    <Link className="code" to="/events/$id" params={{ id }}>
      {id}
    </Link>
  );
}
