import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { type Now } from '../clerk/clock';
import { PROVIDER } from '../clerk/external-account';
import { newId } from '../clerk/ids';
import { EmulatorState } from '../persist-state/emulator-state';
import { NOW } from '../tokens';
import { type BrowserClient } from './browser-client';

const DEV_BROWSERS_KEPT = 10_000;

const client = z.object({
  id: z.string(),
  session_ids: z.array(z.string()).readonly(),
  last_active_session_id: z.string().nullable(),
  last_authentication_strategy: z.enum(['email_code', 'phone_code', PROVIDER]).nullable(),
  sign_in_id: z.string().nullable(),
  sign_up_id: z.string().nullable(),
  created_at: z.number(),
  updated_at: z.number(),
});

/** Field of the state file that holds the browsers. */
const savedDevBrowsers = z.object({
  dev_browsers: z.array(z.object({ id: z.string(), client: client.nullable() })).default([]),
});

/**
 * The 10 000 development browsers that were changed last. The id of a development browser is the credential of one browser, and takes
 * the place of the cookie `__client` that Clerk uses in production. A browser has a client once somebody has begun to
 * sign in or up there.
 */
@Injectable()
export class DevBrowsers {
  private readonly clients = new Map<string, BrowserClient | null>();

  constructor(
    private readonly state: EmulatorState,
    @Inject(NOW) private readonly now: Now,
  ) {
    state.register({
      reset: () => this.clients.clear(),
      saved: {
        schema: savedDevBrowsers,
        save: () => ({ dev_browsers: [...this.clients].map(([id, kept]) => ({ id, client: kept })) }),
        restore: ({ dev_browsers }) => dev_browsers.forEach(({ id, client: kept }) => this.put(id, kept)),
      },
    });
  }

  /** Creates a development browser and returns its id. */
  create(): string {
    const id = newId('dvb', this.now());
    this.put(id, null);
    return id;
  }

  has(id: string): boolean {
    return this.clients.has(id);
  }

  clientOf(id: string): BrowserClient | null {
    return this.clients.get(id) ?? null;
  }

  /** All clients; the one that was changed last comes last. */
  all(): BrowserClient[] {
    return [...this.clients.values()].filter((client) => client !== null);
  }

  /** Stores the client of a development browser; null removes it. */
  put(id: string, changed: BrowserClient | null): void {
    // The browser that was changed last comes last.
    this.clients.delete(id);
    this.clients.set(id, changed);
    const [oldest] = this.clients.keys();
    if (this.clients.size > DEV_BROWSERS_KEPT && oldest !== undefined) this.clients.delete(oldest);
    this.state.markChanged();
  }
}
