import { type KnownRow, followUsers } from '@gatehouse/follow';
import { connect } from '@nats-io/transport-node';
import { Pool } from 'pg';

const db = new Pool({ connectionString: process.env.DATABASE_URL });
const login = { user: 'users-reader', pass: process.env.NATS_PASSWORD, inboxPrefix: '_INBOX.users-reader' };
const upsert = `INSERT INTO users VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE
  SET profile = $2, version = $3, generation = $4 WHERE (users.generation, users.version) < ($4, $3)`;
await followUsers({
  nats: await connect({ servers: process.env.NATS_URL, maxReconnectAttempts: -1, ...login }),
  known: async () => (await db.query<KnownRow>('SELECT id, version, generation FROM users')).rows,
  onUser: (user, { version, generation }) => db.query(upsert, [user.id, user, version, generation]),
  onRemoved: (id) => db.query('DELETE FROM users WHERE id = $1', [id]),
}).ready;
