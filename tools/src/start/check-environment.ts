import { natsServers, postgresUrl } from '@gatehouse/config';
import { BadVariableError } from '@gatehouse/testing';

const forms = {
  DATABASE_URL: postgresUrl,
  INGEST_DATABASE_URL: postgresUrl,
  USERS_DATABASE_URL: postgresUrl,
  NATS_URL: natsServers,
} as const;

/**
 * Whether the servers that the caller names are named in the right form, before anything is started.
 * @throws BadVariableError naming the variable, never its value
 */
export function checkEnvironment(env: NodeJS.ProcessEnv): void {
  for (const [variable, form] of Object.entries(forms)) {
    if (!env[variable]) continue;
    const { error } = form.safeParse(env[variable]);
    if (error) throw new BadVariableError(`${variable} ${error.issues[0]?.message ?? 'cannot be used'}.`);
  }
}
