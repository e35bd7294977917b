import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';

interface RowListProps<Entry> {
  readonly entries: readonly Entry[];
  readonly keyOf: (entry: Entry) => string;
  readonly row: (entry: Entry) => ReactNode;
  /** Names of the columns, in the class of a row. */
  readonly titles: ReactNode;
  readonly hasMore: boolean;
  readonly isReading: boolean;
  readonly readMore: () => void;
}

const NARROW = '(max-width: 56rem)';
/** Heights of a row, as in `parts.css`; pixels. */
const HEIGHT = { wide: 44, narrow: 68 };
/** Rows before the end at which the next page is read. */
const AHEAD = 20;

/** A list of any length: only the rows in sight are in the document, and the next page is read before its end is reached. */
export function RowList<Entry>({ entries, keyOf, row, titles, hasMore, isReading, readMore }: RowListProps<Entry>) {
  const list = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  const isNarrow = useMedia(NARROW);
  useLayoutEffect(() => setTop(list.current?.offsetTop ?? 0), [isNarrow]);
  const rows = useWindowVirtualizer({
    count: entries.length,
    estimateSize: () => (isNarrow ? HEIGHT.narrow : HEIGHT.wide),
    overscan: 10,
    scrollMargin: top,
  });
  useEffect(() => rows.measure(), [rows, isNarrow]);
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !isReading && last >= entries.length - AHEAD) readMore();
  }, [hasMore, isReading, last, entries.length, readMore]);
  return (
    <div className="list">
      {titles}
      <ul className="list-space" ref={list} style={{ height: rows.getTotalSize() }}>
        {shown.map(({ index, start }) => {
          const entry = entries[index];
          return entry === undefined ? null : (
            <li
              key={keyOf(entry)}
              className="virtual"
              aria-posinset={index + 1}
              aria-setsize={hasMore ? -1 : entries.length}
              style={{ transform: `translateY(${start - rows.options.scrollMargin}px)` }}
            >
              {row(entry)}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => window.matchMedia(query).matches);
  useEffect(() => {
    const media = window.matchMedia(query);
    const note = () => setMatches(media.matches);
    media.addEventListener('change', note);
    return () => media.removeEventListener('change', note);
  }, [query]);
  return matches;
}
