import { fold, normalizePath, pathFaults } from '../path/normal-path';

/** Path of a route. */
export interface PathPattern {
  /** Decoded segments, without the wildcard. */
  readonly segments: readonly string[];
  /** Whether the route is also for everything below the segments. */
  readonly isPrefix: boolean;
  /** Whether a route for one path is for the path with a slash at its end. */
  readonly endsWithSlash: boolean;
}

/** First segments of the paths that Gatehouse answers itself. */
export const reservedSegments: readonly string[] = ['auth', 'api', 'admin', 'docs', 'console', '.well-known'];

const reserved = new Set(reservedSegments);

/**
 * Parses the path of a route. A `*` as the last segment stands for the path above it and everything below it; there is
 * no other wildcard.
 */
export function parsePathPattern(text: string): PathPattern | { readonly problem: string } {
  const isPrefix = text.endsWith('/*');
  const path = isPrefix ? text.slice(0, -1) : text;
  if (path.includes('*')) return { problem: 'may hold * only as its last segment, as in /orders/*' };
  if (path.includes('?')) return { problem: 'must have no query' };
  const normal = normalizePath(path);
  if ('fault' in normal) return { problem: pathFaults[normal.fault] };
  return { segments: normal.segments, isPrefix, endsWithSlash: normal.endsWithSlash };
}

/** Whether Gatehouse answers this path itself, however a server may write it: `/`, and what begins with a reserved segment. */
export function isReserved([first]: readonly string[]): boolean {
  return first === undefined || reserved.has(fold(first));
}
