import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Gatehouse } from '@gatehouse/local-stack';
import { PATIENCE_MS, eventually } from '@gatehouse/testing';
import { Pool } from 'pg';
import { Webhook } from 'standardwebhooks';
import { startOwnGatehouse } from './own-gatehouse';

/** A Gatehouse for one test file, with connections to the databases of webhook-ingest and user-sync. */
export interface Stack {
  gatehouse: Gatehouse;
  ledger: Pool;
  users: Pool;
  /** Posts a signed body to webhook-ingest, as Clerk does. */
  deliver(webhookId: string, body: string, secret?: string): Promise<Response>;
  /** Waits until the ledger row of a delivery has a final status, and returns it. */
  settled(webhookId: string): Promise<Record<string, unknown>>;
  /** Sends a request to the gateway. */
  call(path: string, token?: string): Promise<Response>;
  /** Logs of every program, including nats-server and PostgreSQL. */
  logs(): string;
  stop(): Promise<void>;
}

/** Limit for one event, on a busy machine. */
const SETTLE_TIMEOUT_MS = 60_000;

/**
 * Starts everything on free ports in a new folder.
 * @param env variables that an operator would set
 * @param mayCrash programs that the test lets crash
 */
export async function startStack(env: Record<string, string> = {}, mayCrash: readonly string[] = []): Promise<Stack> {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-e2e-'));
  const crashes: string[] = [];
  const gatehouse = await startOwnGatehouse(
    directory,
    { LOG_LEVEL: 'info', ...env },
    { durability: 'fast', onCrash: ({ name }) => void (mayCrash.includes(name) || crashes.push(name)) },
  );
  const ledger = new Pool({ connectionString: gatehouse.databases.ingest.serviceUrl, max: 1 });
  const users = new Pool({ connectionString: gatehouse.databases.users.serviceUrl, max: 1 });
  const ownSecret = gatehouse.environments['webhook-ingest'].CLERK_WEBHOOK_SIGNING_SECRETS ?? '';
  const ingest = `http://127.0.0.1:${gatehouse.ports.ingest}/webhooks/clerk`;
  return {
    gatehouse,
    ledger,
    users,
    deliver: (webhookId, body, secret = ownSecret) => {
      const now = new Date();
      return fetch(ingest, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'svix-id': webhookId,
          'svix-timestamp': String(Math.floor(now.getTime() / 1000)),
          'svix-signature': new Webhook(secret).sign(webhookId, now, body),
        },
        body,
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
    },
    settled: (webhookId) =>
      eventually(
        async () => {
          const { rows } = await ledger.query<Record<string, unknown>>(
            `SELECT * FROM webhook_events WHERE webhook_id = $1 AND status NOT IN ('pending', 'processing')`,
            [webhookId],
          );
          return rows[0] ?? null;
        },
        { timeoutMs: SETTLE_TIMEOUT_MS },
      ) as Promise<Record<string, unknown>>,
    call: (path, token) =>
      fetch(`http://127.0.0.1:${gatehouse.ports.gateway}${path}`, {
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(PATIENCE_MS),
      }),
    logs: () => {
      const folder = join(directory, 'logs');
      return readdirSync(folder)
        .map((file) => readFileSync(join(folder, file), 'utf8'))
        .join('');
    },
    stop: async () => {
      await Promise.all([ledger.end(), users.end()]);
      await gatehouse.stop();
      rmSync(directory, { recursive: true, force: true });
      if (crashes.length > 0) throw new Error(`exited unexpectedly: ${crashes.join(', ')}`);
    },
  };
}
