import { SAMPLES, rising, healthy } from '../healthy-series';
import { type Scenario, but, one, down, ingest, gateway, route, jump, restarted } from './scenario';

export const budgets: readonly Scenario[] = [
  {
    title: 'GatehouseAcceptBudgetBurns pages within minutes when 2 % of the deliveries get 503, and ends after that',
    series: but(ingest('deliveries_total', 'result="unavailable"', `0+0x30 0+2x30 60+0x${SAMPLES}`)),
    fires: {
      30: [],
      60: ['GatehouseAcceptBudgetBurns page', 'GatehouseAcceptBudgetBurns ticket'],
      // The short windows are clean again; the ticket stays for as long as its window remembers.
      120: ['GatehouseAcceptBudgetBurns ticket'],
    },
  },
  {
    title: 'GatehouseAcceptBudgetBurns is a ticket when 0.2 % of the deliveries get 503',
    series: but(ingest('deliveries_total', 'result="unavailable"', rising(0.2))),
    fires: { 60: ['GatehouseAcceptBudgetBurns ticket'] },
  },
  {
    title: 'GatehouseAcceptBudgetBurns stays quiet while 0.02 % of the deliveries get 503',
    series: but(
      ingest('deliveries_total', 'result="accepted"', rising(1_000)),
      ingest('deliveries_total', 'result="unavailable"', rising(0.2)),
    ),
    fires: { 60: [] },
  },
  {
    title: 'GatehouseAcceptBudgetBurns stays quiet when a single delivery of a quiet hour gets 503',
    series: but(
      ingest('deliveries_total', 'result="accepted"', rising(0.1)),
      one('webhook-ingest', 'gatehouse_ingest_deliveries_total', 'result="unavailable"', jump(1)),
    ),
    fires: { 21: [], 25: [], 60: [] },
  },
  {
    title: 'GatehouseAcceptBudgetBurns pages when no webhook-ingest runs, although no counter shows an error',
    series: but(down('webhook-ingest', 1, 60), down('webhook-ingest', 2, 60)),
    fires: {
      60: [],
      70: ['GatehouseAcceptBudgetBurns page', 'GatehouseAcceptBudgetBurns ticket', 'GatehouseServiceDown page'],
    },
  },
  {
    title: 'GatehouseAcceptBudgetBurns stays quiet when a replica restarts and its counters start again at 0',
    series: but(
      one('webhook-ingest', 'gatehouse_ingest_deliveries_total', 'result="accepted"', restarted(100)),
      one('webhook-ingest', 'gatehouse_ingest_deliveries_total', 'result="unavailable"', `7+0x19 0+0x${SAMPLES}`),
    ),
    fires: { 21: [], 40: [] },
  },
  {
    title: 'no budget burns when Prometheus has started a minute before the services',
    series: Object.fromEntries(Object.entries(healthy).map(([name, samples]) => [name, `_ ${samples}`])),
    fires: { 0: [], 1: [], 5: [], 20: [] },
  },
  {
    title: 'no budget burns when every replica misses two scrapes',
    series: Object.fromEntries(
      Object.entries(healthy).map(([name, samples]) => [name, `${samples.replace(/x\d+$/, 'x30')} stale _ ${samples}`]),
    ),
    fires: { 31: [], 32: [], 33: [], 60: [] },
  },
  {
    title: 'GatehouseApplyBudgetBurns pages while user-sync does not apply events, before any of them is applied late',
    series: but(
      ingest('apply_deadlines_total', 'result="met"', `0+200x60 12000+0x${SAMPLES}`),
      ingest('apply_deadlines_total', 'result="missed"', `3+0x60 3+200x${SAMPLES}`),
    ),
    fires: { 60: [], 64: ['GatehouseApplyBudgetBurns page', 'GatehouseApplyBudgetBurns ticket'] },
  },
  {
    title: 'GatehouseApplyBudgetBurns is a ticket when 0.4 % of the events are late',
    series: but(ingest('apply_deadlines_total', 'result="missed"', rising(0.8))),
    fires: { 60: ['GatehouseApplyBudgetBurns ticket'] },
  },
  {
    title: 'GatehouseApplyBudgetBurns stays quiet when four events of a quiet hour are late',
    series: but(
      ingest('apply_deadlines_total', 'result="met"', rising(0.1)),
      ingest('apply_deadlines_total', 'result="missed"', `3+0x19 7+0x${SAMPLES}`),
    ),
    fires: { 21: [], 60: [] },
  },
  {
    title: 'GatehouseGatewayBudgetBurns pages when 5 % of the requests get 5xx',
    series: but(gateway('requests_total', `${route}, status="503"`, `0+0x60 0+50x${SAMPLES}`)),
    fires: { 60: [], 80: ['GatehouseGatewayBudgetBurns page', 'GatehouseGatewayBudgetBurns ticket'] },
  },
  {
    title: 'GatehouseGatewayBudgetBurns pages when no api-gateway runs',
    series: but(down('api-gateway', 1, 60), down('api-gateway', 2, 60)),
    fires: {
      60: [],
      70: ['GatehouseGatewayBudgetBurns page', 'GatehouseGatewayBudgetBurns ticket', 'GatehouseServiceDown page'],
    },
  },
  {
    title: 'GatehouseGatewaySlow fires when 5 % of the requests take longer than a second',
    series: but(gateway('request_seconds_bucket', 'route="/api/users/me", le="1"', rising(950))),
    fires: { 5: [], 30: ['GatehouseGatewaySlow ticket'] },
  },
];
