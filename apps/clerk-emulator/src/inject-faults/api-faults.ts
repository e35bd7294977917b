import { Injectable } from '@nestjs/common';
import { type ClerkApiError, InjectedServerError, TooManyRequestsError } from '../errors';
import { RequestTimedOutError, ResourceLockedError } from './errors';
import { type FaultParams } from './fault-kinds';
import { Faults } from './faults';

/** What is to go wrong with the answer to one request of the Backend API, once the work is done. */
export interface AnswerPlan {
  contentType?: string;
  /** Answered instead. */
  status?: number;
  /** How old a version of a user is read. */
  versionsBack?: number;
}

/** What is to go wrong with one request, before anything is done and after. */
export interface RequestPlan {
  readonly hang: FaultParams<'api_hang'> | null;
  /** Thrown instead of doing the work. */
  readonly refusal: ClerkApiError | null;
  readonly answer: AnswerPlan;
}

/** Decides what goes wrong with requests to the Backend API. */
@Injectable()
export class ApiFaults {
  constructor(private readonly faults: Faults) {}

  plan(method: string, path: string): RequestPlan {
    const answer: AnswerPlan = {};
    let hang: RequestPlan['hang'] = null;
    let refusal: RequestPlan['refusal'] = null;
    for (const { rule } of this.faults.decide({ side: 'backend_api', method, path })) {
      const { kind, params } = rule;
      if (kind === 'api_hang') hang = params as FaultParams<'api_hang'>;
      else if (kind === 'api_408') refusal ??= new RequestTimedOutError();
      else if (kind === 'api_409') refusal ??= new ResourceLockedError();
      else if (kind === 'api_429') {
        refusal ??= new TooManyRequestsError((params as FaultParams<'api_429'>).retry_after_seconds);
      } else if (kind === 'api_500') {
        const { status, after_effect } = params as FaultParams<'api_500'>;
        if (after_effect) answer.status = status;
        else refusal ??= new InjectedServerError(status);
      } else if (kind === 'api_content_type') {
        answer.contentType = (params as FaultParams<'api_content_type'>).content_type;
      } else if (kind === 'api_stale_read') {
        answer.versionsBack = (params as FaultParams<'api_stale_read'>).versions_back;
      }
    }
    return { hang, refusal, answer };
  }
}
