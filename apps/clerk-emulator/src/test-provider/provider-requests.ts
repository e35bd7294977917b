import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type Now } from '../clerk/clock';
import { newOauthVerification, type OauthVerification } from '../clerk/external-account';
import { Instance } from '../instance';
import { EmulatorState } from '../persist-state/emulator-state';
import { ProviderStateUnknownError } from '../sign-in-errors';
import { NOW } from '../tokens';

const REQUESTS_KEPT = 10_000;
export const PROVIDER_PATH = '/test-provider';

/** A browser that was sent to the Test Provider, and where it goes afterwards. */
export interface ProviderRequest {
  readonly devBrowserId: string;
  readonly purpose: 'sign_in' | 'sign_up' | 'connect';
  /** Id of the sign-in, the sign-up, or the user who connects an account. */
  readonly subjectId: string;
  /** Where Clerk's scripts go on, unless the sign-in or sign-up is complete. */
  readonly redirectUrl: string;
  /** Where the browser goes when the sign-in or sign-up is complete. */
  readonly completeUrl: string;
  readonly verification: OauthVerification;
}

/**
 * Browsers that are at the Test Provider, by the `state` of OAuth 2.0, which nobody can guess. A state is used once, and
 * found for ten minutes. Keeps the latest 10 000.
 */
@Injectable()
export class ProviderRequests {
  private readonly requests = new Map<string, ProviderRequest>();

  constructor(
    private readonly instance: Instance,
    state: EmulatorState,
    @Inject(NOW) private readonly now: Now,
  ) {
    state.register({ reset: () => this.requests.clear() });
  }

  /** Makes the verification whose URL sends the browser to the provider. */
  open(request: Omit<ProviderRequest, 'verification'>): OauthVerification {
    const state = randomBytes(24).toString('base64url');
    const verification = newOauthVerification(`${this.instance.url}${PROVIDER_PATH}?state=${state}`, this.now());
    this.requests.set(state, { ...request, verification });
    const [oldest] = this.requests.keys();
    if (this.requests.size > REQUESTS_KEPT && oldest !== undefined) this.requests.delete(oldest);
    return verification;
  }

  /** @throws ProviderStateUnknownError */
  get(state: string): ProviderRequest {
    const request = this.requests.get(state);
    if (!request || this.now() >= request.verification.expire_at) throw new ProviderStateUnknownError();
    return request;
  }

  /** Like {@link get}, and forgets the request. */
  take(state: string): ProviderRequest {
    const request = this.get(state);
    this.requests.delete(state);
    return request;
  }
}
