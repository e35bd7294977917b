import { readCookies } from '@gatehouse/auth';
import { SYNC_PATH } from './sync-path';

const COOKIE = 'gatehouse_sign_in';
/** A loop of redirects takes a second; a person who signs in takes longer than this, or does so rarely. */
const MAX_AGE_SECONDS = 60;
/** Redirects to the sign-in page before the browser gets an error page instead. */
export const maxRoundTrips = 2;

/** Counts recent redirects to the sign-in page in a cookie, so that gateways have no state to share. */
export class RoundTrips {
  private readonly attributes: string;

  constructor(publicUrl: string) {
    const { pathname, protocol } = new URL(`${publicUrl}${SYNC_PATH}`);
    this.attributes = `Path=${pathname}; HttpOnly; SameSite=Lax${protocol === 'https:' ? '; Secure' : ''}`;
  }

  /** Returns the count; 0 when the cookie is missing or invalid. */
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
