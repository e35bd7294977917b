import { eventually } from '@gatehouse/local-stack';
import { type Stack } from './stack';

const LIMIT_MS = 60_000;
const POLL_MS = 50;

/** Restarts a service, and returns the seconds from the start of its container until it answers that it is ready. */
export async function startUpTime(stack: Stack, app: string): Promise<string> {
  await stack.project.run('stop', app);
  const url = stack.healthUrl(app);
  await stack.project.run('start', app);
  await eventually(async () => (await fetch(url, { signal: AbortSignal.timeout(1_000) })).ok, {
    timeoutMs: LIMIT_MS,
    intervalMs: POLL_MS,
  });
  const readyAt = Date.now();
  const startedAt = Date.parse(await stack.state(app, '{{.State.StartedAt}}'));
  await stack.healthy(app);
  return ((readyAt - startedAt) / 1000).toFixed(1);
}
