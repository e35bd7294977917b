import { readFileSync } from 'node:fs';
import { jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { fastify } from 'fastify';
import { Pool } from 'pg';
import { Webhook } from 'svix';

/** Options of the peer, as JSON in the file that its first argument names. */
export interface PeerSettings {
  readonly port: number;
  readonly databaseUrl: string;
  readonly poolSize: number;
  readonly natsUrl: string;
  readonly natsUser?: string;
  readonly natsPassword?: string;
  readonly secret: string;
}

const BODY_LIMIT = 1024 * 1024;

/**
 * A careful implementation without Gatehouse: Fastify, svix, one INSERT per request, and the publish awaited before 200.
 * Uses the same pool size, PostgreSQL and NATS, with logging.
 */
async function main(settings: PeerSettings): Promise<void> {
  const pool = new Pool({ connectionString: settings.databaseUrl, max: settings.poolSize });
  const nats = await connect({ servers: settings.natsUrl, user: settings.natsUser, pass: settings.natsPassword });
  const js = jetstream(nats);
  const webhook = new Webhook(settings.secret);
  const server = fastify({ logger: { level: 'info' }, bodyLimit: BODY_LIMIT });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.post('/webhooks/clerk', async (request, reply) => {
    const body = request.body as Buffer;
    const id = String(request.headers['svix-id']);
    try {
      webhook.verify(body, request.headers as Record<string, string>);
    } catch {
      return reply.code(400).send({ error: 'the delivery does not verify' });
    }
    const event = JSON.parse(body.toString()) as { type: string; data: { id: string } };
    const { rowCount } = await pool.query(
      `INSERT INTO peer_events (webhook_id, event_type, clerk_user_id, status, body) VALUES ($1, $2, $3, 'pending', $4)
       ON CONFLICT (webhook_id) DO NOTHING`,
      [id, event.type, event.data.id, body],
    );
    if (rowCount === 1) await js.publish(`peer.events.${event.type}`, body, { msgID: id });
    return { status: rowCount === 1 ? 'accepted' : 'duplicate' };
  });
  await server.listen({ port: settings.port, host: '127.0.0.1' });
  process.on('SIGTERM', () => process.exit(0));
}

void main(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as PeerSettings);
