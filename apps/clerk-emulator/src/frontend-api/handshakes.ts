import { Injectable } from '@nestjs/common';
import { cookieNames } from '../clerk/publishable-key';
import { Instance } from '../instance';
import { encodeJwt, sessionTokenHeader } from '../mint-tokens/jwt';
import { KeyRing } from '../mint-tokens/key-ring';
import { type TokenTarget } from './caller';
import { type ClientView, ClientViews } from './client-view';
import { DevBrowsers } from './dev-browser.store';

const YEAR_SECONDS = 31_536_000;

/**
 * Makes the answer of a handshake: a JWT, signed with the key of session tokens, whose claim `handshake` lists the
 * cookies that the app's server must set. Clerk's middleware asks for one when the cookies do not say whether the
 * browser is signed in.
 */
@Injectable()
export class Handshakes {
  constructor(
    private readonly devBrowsers: DevBrowsers,
    private readonly views: ClientViews,
    private readonly keys: KeyRing,
    private readonly instance: Instance,
  ) {}

  /** @param known the browser's credential, which is replaced when it is unknown @param app which gets the token */
  async make(known: string | undefined, app: TokenTarget): Promise<string> {
    const devBrowserId = known !== undefined && this.devBrowsers.has(known) ? known : this.devBrowsers.create();
    const client = await this.views.ofCaller({ devBrowserId, ...app });
    const cookies = this.cookies(devBrowserId, client);
    const key = this.keys.active;
    return encodeJwt(sessionTokenHeader(key.kid), { handshake: cookies }, 'RS256', key);
  }

  /** Without a session, the cookies remove an earlier token. */
  private cookies(devBrowserId: string, client: ClientView | null): string[] {
    const session = client?.sessions.find(({ id }) => id === client.last_active_session_id);
    const token = session?.last_active_token?.jwt;
    const signedInAt = session && client ? Math.floor(client.updated_at / 1_000) : 0;
    return [
      ...this.cookie('__clerk_db_jwt', devBrowserId, 'Lax', YEAR_SECONDS),
      ...this.cookie('__client_uat', String(signedInAt), 'Strict', YEAR_SECONDS),
      ...this.cookie('__session', token ?? '', 'Lax', token === undefined ? 0 : YEAR_SECONDS),
    ];
  }

  private cookie(name: string, value: string, sameSite: 'Lax' | 'Strict', maxAge: number): string[] {
    return cookieNames(name, this.instance.publishableKey).map(
      (each) => `${each}=${value}; Path=/; SameSite=${sameSite}; Max-Age=${maxAge}`,
    );
  }
}
