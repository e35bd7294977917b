import { readCookies } from '@gatehouse/auth';
import { SYNC_PATH } from './sync-path';

const COOKIE = 'gatehouse_sign_in';
/** A loop of redirects takes a second; a person who signs in takes longer than this, or does so rarely. */
const MAX_AGE_SECONDS = 60;
/** How often a browser is sent to sign in before it is told why that does not help. */
export const maxRoundTrips = 2;

/** Counts how often a browser was just sent to sign in, in a cookie of its own: no state here, and none to share. */
export class RoundTrips {
  private readonly attributes: string;

  constructor(publicUrl: string) {
    const { pathname, protocol } = new URL(`${publicUrl}${SYNC_PATH}`);
    this.attributes = `Path=${pathname}; HttpOnly; SameSite=Lax${protocol === 'https:' ? '; Secure' : ''}`;
  }

  /** How often, from 0. What is no count is 0. */
  of(rawHeaders: readonly string[]): number {
    const [value = ''] = readCookies(rawHeaders, (name) => name === COOKIE);
    return /^\d$/.test(value) ? Number(value) : 0;
  }

  /** The `Set-Cookie` that remembers a count for a minute. */
  remember(count: number): string {
    return `${COOKIE}=${count}; Max-Age=${MAX_AGE_SECONDS}; ${this.attributes}`;
  }

  /** The `Set-Cookie` that forgets the count. */
  forget(): string {
    return `${COOKIE}=; Max-Age=0; ${this.attributes}`;
  }
}
