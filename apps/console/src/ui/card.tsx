import { type ReactNode, useId } from 'react';
import { Moment } from './moment';

interface CardProps {
  readonly title: string;
  readonly mark?: ReactNode;
  /** Route of the admin API that the content comes from. */
  readonly source?: string;
  /** When it was read; milliseconds since the epoch. */
  readonly readAt?: number;
  readonly isWide?: boolean;
  readonly children: ReactNode;
}

/** A part of a page, which says where its numbers come from. */
export function Card({ title, mark, source, readAt, isWide = false, children }: CardProps) {
  const id = useId();
  return (
    <section className={isWide ? 'card wide' : 'card'} aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {mark}
      </header>
      <div>{children}</div>
      {source !== undefined && (
        <p className="source">
          From <code>{source}</code>
          {readAt !== undefined && readAt > 0 && (
            <>
              , read at <Moment at={readAt} />
            </>
          )}
        </p>
      )}
    </section>
  );
}
