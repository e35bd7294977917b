import { type Schemas } from '@gatehouse/client';
import { type Session } from '../session';

/** Creates an API key of the person who is signed in, and prints it. */
export async function createKey(
  session: Session,
  name: string,
  { scope: scopes, expires }: { readonly scope: string[]; readonly expires?: number | undefined },
): Promise<void> {
  const expiresAt = expires === undefined ? undefined : new Date(Date.now() + expires * 1_000).toISOString();
  const { data } = await session.gatehouse.POST('/api/keys', {
    body: { name, scopes, ...(expiresAt !== undefined && { expiresAt }) },
  });
  print(session, data, data);
}

/** Replaces an API key of the person who is signed in, and prints the new one. */
export async function rotateKey(
  session: Session,
  id: string,
  { grace = 0 }: { readonly grace?: number | undefined },
): Promise<void> {
  const { data } = await session.gatehouse.POST('/api/keys/{id}/rotate', {
    params: { path: { id } },
    body: { graceHours: grace / 3_600 },
  });
  print(session, data, data.key);
}

/** Prints the key alone, so that it can be passed on. */
function print({ io, output }: Session, answer: unknown, { id, key }: Schemas['NewApiKey']): void {
  if (output.json) return output.value(answer);
  output.note(`Key ${id}. It is shown this once; store it with: gatehouse profile add NAME URL`);
  io.stdout.write(`${key}\n`);
}
