import { METRICS } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge, type Registry } from 'prom-client';
import { type StreamEnd, type StreamKind, gateEnds, streamEnds, streamKinds } from './stream-end';

/** Metrics of open streams and WebSockets. */
@Injectable()
export class StreamMetrics {
  private readonly open: Gauge<'kind'>;
  private readonly closed: Counter<'kind' | 'reason'>;

  constructor(@Inject(METRICS) registry: Registry) {
    const registers = [registry];
    this.open = new Gauge({
      name: 'gatehouse_gateway_gate_streams',
      help: 'Open event streams and WebSockets of upstreams, by kind',
      labelNames: ['kind'],
      registers,
    });
    this.closed = new Counter({
      name: 'gatehouse_gateway_gate_streams_closed_total',
      help: 'Event streams and WebSockets of upstreams that ended, and other responses that the gate broke off, by reason',
      labelNames: ['kind', 'reason'],
      registers,
    });
    for (const kind of streamKinds) {
      if (kind !== 'response') this.open.set({ kind }, 0);
      for (const reason of kind === 'response' ? gateEnds : streamEnds) this.closed.inc({ kind, reason }, 0);
    }
  }

  /** Counts a stream that was opened. */
  opened(kind: StreamKind): void {
    this.open.inc({ kind });
  }

  /** Counts a stream that has ended. Other responses count only if the gate has broken them off. */
  ended(kind: StreamKind, reason: StreamEnd): void {
    if (kind !== 'response') this.open.dec({ kind });
    else if (reason === 'client' || reason === 'upstream') return;
    this.closed.inc({ kind, reason });
  }
}
