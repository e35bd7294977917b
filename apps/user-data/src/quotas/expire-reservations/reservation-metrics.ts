import { METRICS } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge, type Registry } from 'prom-client';

/** Metrics about reservations. */
@Injectable()
export class ReservationMetrics {
  private readonly open: Gauge;
  private readonly overdue: Gauge;
  private readonly expiries: Counter;

  constructor(@Inject(METRICS) registry: Registry) {
    const registers = [registry];
    this.open = new Gauge({
      name: 'gatehouse_user_data_open_reservations',
      help: 'Reservations that are neither committed nor released nor expired. Equal on all replicas.',
      registers,
    });
    this.overdue = new Gauge({
      name: 'gatehouse_user_data_oldest_overdue_reservation_seconds',
      help: 'For how long the oldest overdue reservation waits for the worker; 0 if none does. Equal on all replicas.',
      registers,
    });
    this.expiries = new Counter({
      name: 'gatehouse_user_data_expired_reservations_total',
      help: 'Reservations that the worker of this replica has expired.',
      registers,
    });
  }

  /** Counts reservations that the worker has expired. */
  expired(count: number): void {
    this.expiries.inc(count);
  }

  /** Sets the gauges. */
  measured({ open, overdueSeconds }: { readonly open: number; readonly overdueSeconds: number }): void {
    this.open.set(open);
    this.overdue.set(overdueSeconds);
  }
}
