import { Injectable } from '@nestjs/common';
import { type ClerkApiError } from '../clerk/clerk-api-error';
import { InjectedServerError, RequestTimedOutError, ResourceLockedError, TooManyRequestsError } from '../errors';
import { type FaultKindOf, type FaultParams } from './fault-kinds';
import { Faults } from './faults';

/** How faults change the answer to one request. */
export interface AnswerPlan {
  contentType?: string;
  /** Status that replaces the real one; the body becomes Clerk's error body. */
  status?: number;
  /** Users are returned as they were this many changes ago. */
  versionsBack?: number;
  /** Seconds that are added to the clock of tokens for the browser. */
  clockSkewSeconds?: number;
  /** True: the browser is unknown and signed out. */
  dropsCookies?: boolean;
}

/** Faults of one request. */
interface RequestPlan {
  readonly hang: FaultParams<'api_hang'> | null;
  /** Error that is thrown instead of handling the request; null: the request is handled. */
  readonly refusal: ClerkApiError | null;
  readonly answer: AnswerPlan;
}

/** Decides which faults apply to requests of the Backend API and the Frontend API. */
@Injectable()
export class ApiFaults {
  constructor(private readonly faults: Faults) {}

  /** Faults of the side `backend_api`, and for a request of the Frontend API also those of its own. */
  plan(method: string, path: string, api: 'backend_api' | 'frontend_api'): RequestPlan {
    const answer: AnswerPlan = {};
    let hang: RequestPlan['hang'] = null;
    let refusal: RequestPlan['refusal'] = null;
    const sides = api === 'backend_api' ? ([api] as const) : (['backend_api', api] as const);
    for (const { rule } of sides.flatMap((side) => this.faults.decide({ side, method, path }))) {
      const { params } = rule;
      // The cast is safe, because `decide` returns only rules of the side in its argument. Every kind of the two sides
      // needs a case below; without one, the code does not compile.
      const kind = rule.kind as FaultKindOf<'backend_api' | 'frontend_api'>;
      switch (kind) {
        case 'api_hang':
          hang = params as FaultParams<'api_hang'>;
          break;
        case 'api_408':
          refusal ??= new RequestTimedOutError();
          break;
        case 'api_409':
          refusal ??= new ResourceLockedError();
          break;
        case 'api_429':
          refusal ??= new TooManyRequestsError((params as FaultParams<'api_429'>).retry_after_seconds);
          break;
        case 'api_500': {
          const { status, after_effect } = params as FaultParams<'api_500'>;
          if (after_effect) answer.status = status;
          else refusal ??= new InjectedServerError(status);
          break;
        }
        case 'api_content_type':
          answer.contentType = (params as FaultParams<'api_content_type'>).content_type;
          break;
        case 'api_stale_read':
          answer.versionsBack = (params as FaultParams<'api_stale_read'>).versions_back;
          break;
        case 'browser_clock_skew':
          answer.clockSkewSeconds = (params as FaultParams<'browser_clock_skew'>).offset_seconds;
          break;
        case 'browser_dropped_cookies':
          answer.dropsCookies = true;
          break;
        default:
          kind satisfies never;
      }
    }
    return { hang, refusal, answer };
  }
}
