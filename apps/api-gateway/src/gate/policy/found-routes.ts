import { type Live } from '@gatehouse/config';
import { LRUCache } from 'lru-cache';
import { type Policy } from './policy';

/** Maximum number of requests whose route is remembered, and the maximum length of each. */
const MAX_FOUND = 2_000;
const MAX_LENGTH = 256;

/**
 * Remembers by method, host and URL what was found for a request, until the policy changes: most requests repeat earlier
 * ones.
 */
export class FoundRoutes<Found extends object> {
  private readonly found = new LRUCache<string, Found>({ max: MAX_FOUND });
  /** Policy in which it was found. */
  private foundIn: Policy;

  /** @param search finds what is not remembered; must depend on its arguments alone */
  constructor(
    private readonly policy: Live<Policy>,
    private readonly search: (method: string, host: string, url: string, policy: Policy) => Found | undefined,
  ) {
    this.foundIn = policy.current;
  }

  /** Returns what is remembered, or else what `search` returns. Throws what `search` throws. */
  find(method: string, host: string, url: string): Found | undefined {
    // Compared at each use: a listener of the policy is not called if one before it throws.
    const { current } = this.policy;
    if (current !== this.foundIn) this.found.clear();
    this.foundIn = current;
    // A line break is in none of them, so two requests never have the same text.
    const request = `${method}\n${host}\n${url}`;
    const known = this.found.get(request);
    if (known !== undefined) return known;
    const found = this.search(method, host, url, current);
    if (found !== undefined && request.length <= MAX_LENGTH) this.found.set(request, found);
    return found;
  }
}
