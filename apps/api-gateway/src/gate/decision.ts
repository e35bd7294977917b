import { type Caller } from '../caller/caller';
import { type RateHeaders } from '../limits/rate-headers';
import { type ErrorResponse, errorResponse } from '../problems/error-response';

/** Answer to the question whether a request may use a route. */
export type Decision = Allowed | Refused;

/** The request may use the route. */
export class Allowed {
  readonly allowed = true;

  constructor(
    /** undefined on a public route. */
    readonly caller: Caller | undefined,
    /** Headers of the response; undefined if the request was not counted. */
    readonly rateHeaders: RateHeaders | undefined,
  ) {}
}

/** The request may not use the route. */
export class Refused {
  readonly allowed = false;

  constructor(
    /** Why: an error of `errors.ts`, or an unexpected one. For logs; clients get the `problem`. */
    readonly error: unknown,
    /** Set if the credential was accepted. */
    readonly caller?: Caller,
    /** Headers of the response; undefined if the request was not counted. */
    readonly rateHeaders?: RateHeaders,
  ) {}

  /** Status, code, detail and headers of the response, such as `Retry-After` and `WWW-Authenticate`. */
  get problem(): ErrorResponse {
    return errorResponse(this.error);
  }
}

/** A browser navigates without a valid session. It is sent to the sign-in page, or gets the problem if that did not help. */
export class SignedOutNavigation extends Refused {
  constructor(
    error: unknown,
    /** `Set-Cookie` that counts the visits to the sign-in page. */
    private readonly setCookie: string,
    /** URL of the sign-in page; undefined after too many visits. */
    private readonly location?: string,
  ) {
    super(error);
  }

  override get problem(): ErrorResponse {
    const { headers, ...problem } = super.problem;
    const cookie = { 'set-cookie': this.setCookie };
    if (this.location === undefined) return { ...problem, headers: { ...headers, ...cookie } };
    return { status: 302, code: problem.code, headers: { location: this.location, ...cookie } };
  }
}
