import { type BusContract } from '@gatehouse/contracts';
import { nameOf } from '@gatehouse/messaging';
import { METRICS } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge, type Registry } from 'prom-client';
import { type StreamKeeperConfig } from '../config';
import { CONFIG } from '../tokens';

/** Metrics about the streams and consumers. */
@Injectable()
export class KeeperMetrics {
  private readonly creations: Counter<'name'>;
  private readonly missing: Gauge;
  private readonly differing: Gauge;

  constructor(@Inject(METRICS) metrics: Registry, @Inject(CONFIG) { contracts }: StreamKeeperConfig) {
    const registers = [metrics];
    this.creations = new Counter({
      name: 'gatehouse_stream_keeper_created_total',
      help: 'Streams and consumers that this process created, by name',
      labelNames: ['name'],
      registers,
    });
    this.missing = new Gauge({
      name: 'gatehouse_stream_keeper_missing',
      help: 'Streams and consumers that do not exist, at the last check',
      registers,
    });
    this.differing = new Gauge({
      name: 'gatehouse_stream_keeper_differing',
      help: 'Streams and consumers that differ from their contract, at the last check',
      registers,
    });
    for (const contract of contracts) this.creations.inc({ name: nameOf(contract) }, 0);
  }

  created(contract: BusContract): void {
    this.creations.inc({ name: nameOf(contract) });
  }

  measured({ missing, differing }: { missing: number; differing: number }): void {
    this.missing.set(missing);
    this.differing.set(differing);
  }
}
