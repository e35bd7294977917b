import { Gauge, type Registry } from 'prom-client';
import { type ReadinessCheck } from './readiness-check';

/**
 * Creates the gauge `<prefix>_ready`: 1 for each readiness check that passes, else 0. Runs the checks at each scrape,
 * like `/readyz`, so that an alert sees what a load balancer sees. A check that takes longer than `timeoutMs` fails.
 */
export function createReadinessGauge(
  registry: Registry,
  prefix: string,
  checks: readonly ReadinessCheck[],
  timeoutMs: number,
): Gauge<'check'> {
  return new Gauge({
    name: `${prefix}_ready`,
    help: '1 while a readiness check of this replica passes, else 0; by check',
    labelNames: ['check'],
    registers: [registry],
    async collect() {
      await Promise.all(
        checks.map(async ({ name, check }) => this.set({ check: name }, (await passes(check, timeoutMs)) ? 1 : 0)),
      );
    },
  });
}

async function passes(check: ReadinessCheck['check'], timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), timeoutMs)));
  const attempt = (async () => check())().then(
    () => true,
    () => false,
  );
  const result = await Promise.race([attempt, timeout]);
  clearTimeout(timer);
  return result;
}
