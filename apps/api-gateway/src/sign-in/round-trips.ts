import { readCookies } from '@gatehouse/auth';
import { Inject, Injectable } from '@nestjs/common';
import { type GatewayConfig } from '../config';
import { CONFIG } from '../tokens';
import { SYNC_PATH } from './redirect-target';

const COOKIE = 'gatehouse_sign_in';
/** Lifetime of the cookie. A redirect loop takes about a second; a person rarely signs in twice within a minute. */
const MAX_AGE_SECONDS = 60;
/** Maximum redirects to the sign-in page; after that the browser gets an error page. */
export const maxRoundTrips = 2;

/** Counts recent redirects to the sign-in page in a cookie, so that gateways share no state. */
@Injectable()
export class RoundTrips {
  private readonly attributes: string;

  constructor(@Inject(CONFIG) { publicUrl }: GatewayConfig) {
    const { pathname, protocol } = new URL(`${publicUrl}${SYNC_PATH}`);
    this.attributes = `Path=${pathname}; HttpOnly; SameSite=Lax${protocol === 'https:' ? '; Secure' : ''}`;
  }

  /** Returns the count; 0 if the cookie is missing or invalid. */
  of(rawHeaders: readonly string[]): number {
    const [value = ''] = readCookies(rawHeaders, (name) => name === COOKIE);
    return /^\d$/.test(value) ? Number(value) : 0;
  }

  /** Returns the `Set-Cookie` that stores a count for a minute. */
  remember(count: number): string {
    return `${COOKIE}=${count}; Max-Age=${MAX_AGE_SECONDS}; ${this.attributes}`;
  }

  /** Returns the `Set-Cookie` that deletes the count. */
  forget(): string {
    return `${COOKIE}=; Max-Age=0; ${this.attributes}`;
  }
}
