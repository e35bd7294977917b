import { type Finding, ok, problem } from './finding';

const TIMEOUT_MS = 10_000;
/** Longest part of a body that is read. */
const MOST_TEXT = 4_096;

/** Whether an address leads to webhook-ingest: it must turn an unsigned delivery away, for the lack of its signature. */
export async function checkWebhookUrl(url: string, signal: AbortSignal): Promise<Finding> {
  const check = 'webhook address';
  const answer = await ask(url, signal, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  if (typeof answer === 'string') {
    return problem(check, `${url}: ${answer}`, 'Clerk cannot deliver there: check DNS, TLS and the load balancer.');
  }
  const { status, text } = answer;
  if (status === 400 && text.includes('missing_header')) return ok(check, `${url} leads to webhook-ingest`);
  return problem(
    check,
    `${url} answers ${status}`,
    'It does not lead to webhook-ingest’s /webhooks/clerk: check path and proxy.',
  );
}

/** Whether a service is ready, by `/readyz` of its ops port. */
export async function checkReadiness(url: string, signal: AbortSignal): Promise<Finding> {
  const check = 'readiness';
  if (!URL.canParse('/readyz', url)) {
    return problem(check, `${url} is not an address`, 'Give one such as --ops http://127.0.0.1:9000.');
  }
  const answer = await ask(new URL('/readyz', url).href, signal, {});
  if (typeof answer === 'string')
    return problem(check, `${url}: ${answer}`, 'The service does not run, or the address is not its ops port.');
  if (answer.status === 200) return ok(check, `${url} is ready`);
  const failing = failingChecks(answer.text);
  return problem(check, `${url} is not ready: ${failing}`, 'See the runbook “outage”.');
}

async function ask(
  url: string,
  signal: AbortSignal,
  init: RequestInit,
): Promise<{ status: number; text: string } | string> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await fetch(url, { ...init, redirect: 'manual', signal: limit });
    return { status: response.status, text: (await response.text()).slice(0, MOST_TEXT) };
  } catch (error) {
    if ((error as Error).name === 'TimeoutError') return 'no response within 10 s';
    const { code } = ((error as Error).cause ?? {}) as { code?: string };
    return code === undefined ? 'no response' : `no connection (${code})`;
  }
}

/** Names of the checks that fail, from the response of a readiness probe. */
function failingChecks(text: string): string {
  try {
    const { error = {} } = JSON.parse(text) as { error?: Record<string, unknown> };
    return Object.keys(error).join(', ') || 'no check is named';
  } catch {
    return 'the response is not that of a readiness probe';
  }
}
