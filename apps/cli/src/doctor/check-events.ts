import { type Schemas } from '@gatehouse/client';
import { count, duration, time } from '../output/format';
import { type Finding, ok, problem, warning } from './finding';

/** An event that waits longer than this waits for something. */
const WAITS_TOO_LONG_MS = 5 * 60_000;
/** Deliveries that were turned away longer ago do not matter any more. */
const RECENT_MS = 24 * 3_600_000;

/** Whether webhooks arrive, with the right secret, and are applied. */
export function checkEvents(stats: Schemas['EventStats']): Finding[] {
  return [arrival(stats), secrets(stats), refusals(stats), publishing(stats), application(stats), dead(stats)];
}

function arrival({ lastEvent, silence }: Schemas['EventStats']): Finding {
  const check = 'webhooks';
  if (lastEvent === null) {
    return warning(
      check,
      'none has ever arrived',
      'Create an endpoint for user.* and session.* at Clerk that leads to webhook-ingest; try it with --webhook-url.',
    );
  }
  const last = `the last one arrived ${time(lastEvent.at)} UTC (${lastEvent.eventType})`;
  return silence.state === 'alarm'
    ? problem(check, `${last}: ${silence.reason}`, 'See the runbook “silence”.')
    : ok(check, last);
}

function secrets({ secrets: found }: Schemas['EventStats']): Finding {
  const check = 'webhook secrets';
  const unknown = found.filter(({ configured, deliveries }) => !configured && deliveries > 0);
  const inUse = found.filter(({ configured }) => configured);
  if (inUse.length === 0)
    return problem(check, 'none is configured', 'Set CLERK_WEBHOOK_SIGNING_SECRETS of webhook-ingest.');
  const idle = inUse.filter(({ deliveries }) => deliveries === 0);
  if (idle.length > 0 && idle.length < inUse.length) {
    return warning(
      check,
      `${count(inUse.length)} are configured, and ${count(idle.length)} signed nothing lately`,
      'After a rotation, remove the old one.',
    );
  }
  const former = unknown.length === 0 ? '' : `; ${count(unknown.length)} former ones signed earlier events`;
  return ok(check, `${count(inUse.length)} configured${former}`);
}

function refusals({ at, rejected }: Schemas['EventStats']): Finding {
  const check = 'turned away';
  if (rejected.lastAt === null) return ok(check, 'no delivery');
  const detail = `the last delivery at ${time(rejected.lastAt)} UTC; ${count(rejected.kept)} are kept`;
  return Date.parse(at) - Date.parse(rejected.lastAt) > RECENT_MS
    ? ok(check, detail)
    : warning(check, detail, 'gatehouse rejected, then the runbook “refused deliveries”.');
}

function publishing({ at, oldestUnpublished }: Schemas['EventStats']): Finding {
  return waiting(
    'publishing',
    at,
    oldestUnpublished,
    'NATS or webhook-ingest is in trouble: see the runbook “outage”.',
  );
}

function application({ at, oldestUnapplied }: Schemas['EventStats']): Finding {
  return waiting('applying', at, oldestUnapplied, 'See the runbook “backlog”.');
}

function waiting(check: string, at: string, oldest: Schemas['EventReference'] | null, todo: string): Finding {
  if (oldest === null) return ok(check, 'no event waits');
  const waitedMs = Date.parse(at) - Date.parse(oldest.at);
  const detail = `the oldest event waits since ${duration(waitedMs)} (${oldest.id})`;
  return waitedMs > WAITS_TOO_LONG_MS ? problem(check, detail, todo) : ok(check, detail);
}

function dead({ open }: Schemas['EventStats']): Finding {
  if (open.dead === 0) return ok('dead events', 'none');
  return problem('dead events', count(open.dead), 'gatehouse events list --dead, then the runbook “dead events”.');
}
