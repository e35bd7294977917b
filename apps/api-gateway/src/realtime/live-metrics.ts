import { METRICS } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge, type Registry } from 'prom-client';
import { type EventKind, eventPermissions } from './live-event';
import { type CloseReason, closeReasons } from './live-stream';

/**
 * How streams begin, and why clients must fetch everything again later: `lost`, `gap` and `restored` concern all open
 * streams.
 */
const beginnings = ['new', 'resumed', 'unknown', 'too_old', 'lost', 'gap', 'restored'] as const;

/** What a client was told at the beginning of a stream, or later. */
export type Beginning = (typeof beginnings)[number];

/** Metrics of live updates. */
@Injectable()
export class LiveMetrics {
  private readonly events: Counter<'kind'>;
  private readonly begun: Counter<'result'>;
  private readonly ended: Counter<'reason'>;
  private streams = () => 0;
  private ring = () => 0;

  constructor(@Inject(METRICS) registry: Registry) {
    const registers = [registry];
    const measured = {
      streams: () => this.streams(),
      ring: () => this.ring(),
    };
    new Gauge({
      name: 'gatehouse_gateway_live_streams',
      help: 'Open streams of live updates',
      registers,
      collect() {
        this.set(measured.streams());
      },
    });
    new Gauge({
      name: 'gatehouse_gateway_live_buffer_bytes',
      help: 'Memory of the changes that are kept for clients that reconnect',
      registers,
      collect() {
        this.set(measured.ring());
      },
    });
    this.events = new Counter({
      name: 'gatehouse_gateway_live_events_total',
      help: 'Changes sent to clients, by kind',
      labelNames: ['kind'],
      registers,
    });
    for (const kind of Object.keys(eventPermissions)) this.events.inc({ kind }, 0);
    this.begun = new Counter({
      name: 'gatehouse_gateway_live_beginnings_total',
      help: 'Streams that were resumed, and streams whose clients were told to fetch everything, by reason',
      labelNames: ['result'],
      registers,
    });
    for (const result of beginnings) this.begun.inc({ result }, 0);
    this.ended = new Counter({
      name: 'gatehouse_gateway_live_streams_closed_total',
      help: 'Streams that ended, by reason',
      labelNames: ['reason'],
      registers,
    });
    for (const reason of closeReasons) this.ended.inc({ reason }, 0);
  }

  /** Takes the gauges from these functions: open streams, and bytes of the ring. */
  observe({ streams, ring }: { readonly streams: () => number; readonly ring: () => number }): void {
    this.streams = streams;
    this.ring = ring;
  }

  delivered(kind: EventKind): void {
    this.events.inc({ kind });
  }

  began(result: Beginning): void {
    this.begun.inc({ result });
  }

  closed(reason: CloseReason): void {
    this.ended.inc({ reason });
  }
}
