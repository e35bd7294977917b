import { hash } from 'node:crypto';
import { readCookies } from '@gatehouse/auth';

const COOKIE = 'gatehouse_navigation';
/** Time after which a visit is forgotten. A redirect loop takes about a second. */
const MAX_AGE_SECONDS = 60;
const ID_LENGTH = 8;

/**
 * Counts in a cookie how often a browser was just sent from a page to the sign-in page, so that gateways share no state.
 * Each page has a count of its own, because a browser that restores its tabs opens many pages at once.
 */
export class PageVisits {
  private readonly id: string;
  private readonly attributes: string;

  /** The page is one that the gate has a route for, so its path holds no semicolon. */
  constructor({ pathname, protocol }: Pick<URL, 'pathname' | 'protocol'>) {
    this.id = hash('sha256', pathname).slice(0, ID_LENGTH);
    this.attributes = `Path=${pathname}; HttpOnly; SameSite=Lax${protocol === 'https:' ? '; Secure' : ''}`;
  }

  /** Returns the count; 0 if the cookie is missing or invalid. */
  of(rawHeaders: readonly string[]): number {
    const counts = readCookies(rawHeaders, (name) => name === COOKIE).flatMap((value) => {
      const [, count, id] = /^(\d)-([0-9a-f]+)$/.exec(value) ?? [];
      return id === this.id ? [Number(count)] : [];
    });
    return Math.max(0, ...counts);
  }

  /** Returns the `Set-Cookie` that stores a count for a minute. */
  remember(count: number): string {
    return `${COOKIE}=${count}-${this.id}; Max-Age=${MAX_AGE_SECONDS}; ${this.attributes}`;
  }

  /** Returns the `Set-Cookie` that deletes the count. */
  forget(): string {
    return `${COOKIE}=; Max-Age=0; ${this.attributes}`;
  }
}
