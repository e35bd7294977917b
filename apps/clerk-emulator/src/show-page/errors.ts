import { ClerkApiError } from '../errors';

/** 403: the Host header is a name that anybody could point at this machine (DNS rebinding). */
export class ForeignHostError extends ClerkApiError {
  readonly status = 403;
  readonly code = 'host_not_allowed';
  constructor() {
    const longMessage =
      'The emulator answers under local names and addresses alone; a public name needs to be that of HOST or CLERK_ISSUER.';
    super([{ message: 'Host not allowed', longMessage }]);
  }
}

/** 403: another site's page made the browser ask. */
export class ForeignOriginError extends ClerkApiError {
  readonly status = 403;
  readonly code = 'origin_not_allowed';
  constructor() {
    const longMessage = 'This part of the emulator answers its own page and programs, not the pages of other sites.';
    super([{ message: 'Origin not allowed', longMessage }]);
  }
}

/** 503: more pages watch than the emulator serves at a time. */
export class TooManyStreamsError extends ClerkApiError {
  readonly status = 503;
  readonly code = 'too_many_streams';
  constructor() {
    super([{ message: 'Too many streams', longMessage: 'Too many pages are open; close some of them.' }]);
  }
}
