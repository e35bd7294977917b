import { SAMPLES, rising, steady } from '../healthy-series';
import { type Scenario, but, one, ingest } from './scenario';

export const ingestAlerts: readonly Scenario[] = [
  {
    title: 'GatehouseDeliveriesRefused pages when every delivery has a wrong signature',
    series: but(
      ingest('deliveries_total', 'result="accepted"', `0+100x20 2000+0x${SAMPLES}`),
      ingest('refusals_total', 'reason="signature_mismatch"', `0+0x20 0+2x${SAMPLES}`),
    ),
    fires: { 25: [], 45: ['GatehouseDeliveriesRefused page'] },
  },
  {
    title: 'GatehouseDeliveriesRefused stays quiet while strangers send forgeries and Clerk delivers',
    series: but(ingest('refusals_total', 'reason="signature_mismatch"', rising(500))),
    fires: { 30: [], 60: [] },
  },
  {
    title: 'GatehouseBadTimestamps fires when signed deliveries are too old',
    series: but(ingest('bad_timestamps_total', 'secret="8d23cf6c86e8"', rising(1))),
    fires: { 10: ['GatehouseBadTimestamps ticket'] },
  },
  {
    title: 'GatehouseSilence pages when one replica raises the alarm',
    series: but(one('webhook-ingest', 'gatehouse_ingest_silence_alarm', '', steady(1))),
    fires: { 1: [], 3: ['GatehouseSilence page'] },
  },
  {
    title: 'GatehouseDeadEvents pages for an hour when events die, and GatehouseDeadEventsRemain stays until a redrive',
    series: but(ingest('open_events', 'state="dead"', `0+0x20 4+0x80 0+0x${SAMPLES}`)),
    fires: {
      20: [],
      30: ['GatehouseDeadEvents page'],
      85: ['GatehouseDeadEventsRemain ticket'],
      110: [],
    },
  },
  {
    title: 'GatehouseBacklog pages when an event waits for longer than 5 minutes, for 5 minutes',
    series: but(ingest('oldest_unapplied_seconds', '', `1+0x10 0+60x${SAMPLES}`)),
    fires: { 15: [], 20: [], 24: ['GatehouseBacklog page'] },
  },
  {
    title: 'GatehouseEventsRebuilt fires when the stream has lost events, and stays quiet after a restart',
    series: but(
      one(
        'webhook-ingest',
        'gatehouse_ingest_rebuilt_events_total',
        'why="other_stream"',
        `0+0x19 12+0x90 0+0x${SAMPLES}`,
      ),
    ),
    fires: { 19: [], 25: ['GatehouseEventsRebuilt ticket'], 105: [], 120: [] },
  },
];
