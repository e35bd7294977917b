import { Catch, type RpcExceptionFilter } from '@nestjs/common';
import { type Observable, throwError } from 'rxjs';

/**
 * Passes a handler's error to the transport unchanged. Nest's own filter replaces it by "Internal server error", so that
 * an outage could not be distinguished from an invalid message.
 */
@Catch()
export class RawErrorsFilter implements RpcExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}
