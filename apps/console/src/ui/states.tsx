import { GatehouseError } from '@gatehouse/client';
import { type ReactNode } from 'react';
import { Moment } from './moment';

/** What is read for the first time. */
export function Loading({ what }: { readonly what: string }) {
  return (
    <div className="ghost" role="status">
      <span />
      <span />
      <span />
      <p className="visually-hidden">Reading {what}</p>
    </div>
  );
}

/** There is nothing, and what that means. */
export function Empty({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className="state">
      <h2>{title}</h2>
      <p className="quiet">{children}</p>
    </div>
  );
}

/** Nothing could be read: why, and what to do. */
export function Failed({ error, retry }: { readonly error: Error; readonly retry: () => void }) {
  const known = error instanceof GatehouseError ? error : undefined;
  if (known?.status === 403) return <Forbidden error={known} />;
  const isMissing = known?.status === 404;
  return (
    <div className="state" role="alert">
      <h2>{isMissing ? 'There is no such entry' : 'This could not be read'}</h2>
      <p>{isMissing ? 'It may have been deleted, or the address is wrong.' : (known?.text ?? 'Try again.')}</p>
      {known !== undefined && (
        <p className="quiet small">
          <code>{known.code}</code>
          {known.requestId !== undefined && (
            <>
              {' '}
              · request <code>{known.requestId}</code>
            </>
          )}
        </p>
      )}
      <button type="button" onClick={retry}>
        Try again
      </button>
    </div>
  );
}

/** The session may not read this. */
function Forbidden({ error }: { readonly error: GatehouseError }) {
  return (
    <div className="state" role="alert">
      <h2>Your session may not read this</h2>
      <p>{error.detail ?? error.text}</p>
      <p className="quiet small">
        The session has the rights of the API key that made it. Make a link with a key that has the scope.
      </p>
    </div>
  );
}

/** What is shown could not be read again. */
function Stale({ readAt, retry }: { readonly readAt: number; readonly retry: () => void }) {
  return (
    <p className="notice" role="status">
      <span>
        Shown as of <Moment at={readAt} />, because reading it again failed.
      </span>
      <button type="button" className="plain" onClick={retry}>
        Try again
      </button>
    </p>
  );
}

/** What is asked of a query to show it. */
interface Shown<Data> {
  readonly data: Data | undefined;
  readonly error: Error | null;
  readonly dataUpdatedAt: number;
  readonly refetch: () => unknown;
}

interface ReadProps<Data> {
  readonly query: Shown<Data>;
  /** What is read, for screen readers. */
  readonly what: string;
  readonly children: (data: Data) => ReactNode;
}

/** Shows what a query has read, or the state that it is in instead. */
export function Read<Data>({ query, what, children }: ReadProps<Data>) {
  const retry = () => void query.refetch();
  if (query.data === undefined) {
    return query.error === null ? <Loading what={what} /> : <Failed error={query.error} retry={retry} />;
  }
  return (
    <>
      {query.error !== null && <Stale readAt={query.dataUpdatedAt} retry={retry} />}
      {children(query.data)}
    </>
  );
}
