import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { mergeMap, type Observable } from 'rxjs';
import { callerOf } from './caller';
import { ClientViews, type ClientView } from './client-view';

/** Answer of most routes: what the route is about, and the client of the browser after the request. */
interface WithClientView {
  readonly response: unknown;
  readonly client: ClientView | null;
}

/** Adds the client to the answer. Clerk's scripts learn of every change of the client in this way. */
@Injectable()
export class WithClient implements NestInterceptor<unknown, WithClientView> {
  constructor(private readonly views: ClientViews) {}

  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<WithClientView> {
    const caller = callerOf(context);
    void context.switchToHttp().getResponse<FastifyReply>().status(200);
    return next
      .handle()
      .pipe(mergeMap(async (response) => ({ response: response ?? null, client: await this.views.ofCaller(caller) })));
  }
}
