import { Catch, type RpcExceptionFilter } from '@nestjs/common';
import { type Observable, throwError } from 'rxjs';

/**
 * Hands a handler's error to the transport as it is. Nest's own filter replaces it by "Internal server error", and with it
 * what tells an outage from a bad message.
 */
@Catch()
export class RawErrorsFilter implements RpcExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}
