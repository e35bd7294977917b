import {
  type LedgerSeries,
  type LedgerStats,
  type ParsedRequestOf,
  getLedgerSeries,
  getLedgerStats,
} from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '../../access/access';
import { type CallerRequest } from '../../caller/caller';

/** `GET /admin/stats` and `GET /admin/stats/series`: statistics of event processing, and its course. */
@Controller('admin/stats')
@ApiTags('admin-events')
export class ShowStatsController {
  constructor(private readonly services: RequestClient) {}

  @Get()
  @Access({ access: 'admin', permission: 'stats:read', rateClass: 'admin' })
  @ApiOperation({
    operationId: 'getStats',
    summary: 'Show counts, latencies, open events, the webhook secrets in use, and whether webhooks have stopped',
  })
  @ApiOkResponse({ description: 'The statistics', standardSchema: getLedgerStats.reply })
  show(
    @Req() { caller }: CallerRequest,
    @Query({ schema: getLedgerStats.request.strict() }) request: ParsedRequestOf<typeof getLedgerStats>,
  ): Promise<LedgerStats> {
    return this.services.send(getLedgerStats, request, caller);
  }
  @Get('series')
  @Access({ access: 'admin', permission: 'stats:read', rateClass: 'admin' })
  @ApiOperation({
    operationId: 'getStatsSeries',
    summary: 'Show how many events were received, applied and left in each step of the last hours, for charts',
  })
  @ApiOkResponse({ description: 'The course of event processing', standardSchema: getLedgerSeries.reply })
  showSeries(
    @Req() { caller }: CallerRequest,
    @Query({ schema: getLedgerSeries.request.strict() }) request: ParsedRequestOf<typeof getLedgerSeries>,
  ): Promise<LedgerSeries> {
    return this.services.send(getLedgerSeries, request, caller);
  }
}
