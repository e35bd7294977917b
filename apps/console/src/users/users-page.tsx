import { type EntryOf } from '@gatehouse/client';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type SubmitEvent, useEffect, useId, useState } from 'react';
import { Badge } from '../ui/badge';
import { count } from '../ui/format';
import { Moment } from '../ui/moment';
import { Page } from '../ui/page';
import { RowList } from '../ui/row-list';
import { Empty, Read } from '../ui/states';
import { usersQuery } from './queries';
import { stateOf } from './user-state';

type User = EntryOf<'/admin/users'>;

/** Finds users. */
export function UsersPage() {
  const { q } = useSearch({ from: '/users' });
  const users = useInfiniteQuery(usersQuery(q));
  return (
    <Page title="Users">
      <Find q={q} />
      <Read query={users} what="the users">
        {({ pages }) => {
          const entries = pages.flatMap(({ items }) => items);
          if (entries.length === 0) return <NoUsers isFiltered={q !== undefined} />;
          return (
            <>
              <RowList
                entries={entries}
                keyOf={({ id }) => id}
                row={(user) => <UserRow user={user} />}
                titles={<Titles />}
                hasMore={users.hasNextPage && users.error === null}
                isReading={users.isFetching}
                readMore={() => void users.fetchNextPage()}
              />
              <p className="source" role="status">
                {users.hasNextPage ? `The newest ${count(entries.length)} so far` : `All ${count(entries.length)}`},
                from <code>GET /admin/users</code>, read at <Moment at={users.dataUpdatedAt} />
              </p>
            </>
          );
        }}
      </Read>
    </Page>
  );
}

function Find({ q = '' }: { readonly q: string | undefined }) {
  const navigate = useNavigate();
  const id = useId();
  const [text, setText] = useState(q);
  useEffect(() => setText(q), [q]);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const asked = text.trim();
    void navigate({ to: '/users', search: asked === '' ? {} : { q: asked } });
  };
  return (
    <form className="fields one" role="search" onSubmit={submit}>
      <div className="field">
        <label htmlFor={id}>Id, phone number, words of a name, or the beginning of an e-mail address</label>
        <input id={id} type="search" value={text} onChange={({ target }) => setText(target.value)} />
      </div>
    </form>
  );
}

function Titles() {
  return (
    <div className="row users title" aria-hidden="true">
      <span>Name</span>
      <span>E-mail address</span>
      <span>Role</span>
      <span>Tier</span>
      <span>State</span>
    </div>
  );
}

function UserRow({ user }: { readonly user: User }) {
  const [state, tone] = stateOf(user);
  return (
    <Link className="row users" to="/users/$id" params={{ id: user.id }}>
      <span className="first">{user.fullName ?? '–'}</span>
      <span className="second">{user.email ?? user.phoneNumber ?? user.clerkUserId ?? '–'}</span>
      <span className="corner">{user.role}</span>
      <span className="less">{user.subscription}</span>
      <span className="mark">
        <Badge tone={tone}>{state}</Badge>
      </span>
    </Link>
  );
}

function NoUsers({ isFiltered }: { readonly isFiltered: boolean }) {
  return isFiltered ? (
    <Empty title="No user matches">
      Names are found by their words, and addresses by their beginning. <Link to="/users">Show all users</Link>
    </Empty>
  ) : (
    <Empty title="There is no user yet">
      A user appears here when its first event arrives, or at its first sign-in.
    </Empty>
  );
}
