import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { GatehouseRefusal } from './errors';

/** Answers refusals with a problem (RFC 9457). Filters of the service (`useGlobalFilters`, `@UseFilters`) come first. */
@Catch(GatehouseRefusal)
export class RefusalFilter implements ExceptionFilter<GatehouseRefusal> {
  constructor(@Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost) {}

  catch(refusal: GatehouseRefusal, host: ArgumentsHost): void {
    const { httpAdapter } = this.adapterHost;
    const response = host.switchToHttp().getResponse<unknown>();
    httpAdapter.setHeader(response, 'Content-Type', 'application/problem+json');
    httpAdapter.setHeader(response, 'Cache-Control', 'no-store');
    if (refusal.challenge !== undefined) httpAdapter.setHeader(response, 'WWW-Authenticate', refusal.challenge);
    // As text: Nest 11 gives objects of errors the type application/json.
    httpAdapter.reply(response, JSON.stringify(refusal.getResponse()), refusal.getStatus());
  }
}
