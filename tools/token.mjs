// npm run token -- <e-mail or user id>: prints a session token of the running emulator, valid for 60 s. The emulator is
// that of npm start, or the one in CLERK_API_URL, with CLERK_SECRET_KEY.
/* global fetch, AbortSignal */
import { readState } from './bootstrap.mjs';

try {
  process.stdout.write(`${await mint(process.argv[2])}\n`);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function mint(who) {
  if (!who) throw new Error('Name the user: npm run token -- <e-mail or user id>');
  const named = process.env.CLERK_API_URL && process.env.CLERK_SECRET_KEY;
  const urls = named ? { emulator: process.env.CLERK_API_URL } : readState('running.json')?.urls;
  const emulator = urls?.emulator;
  if (urls && !emulator) throw new Error('npm start uses your own Clerk, which issues tokens only at sign-in.');
  if (!emulator) throw new Error('Gatehouse is not running: run npm start first.');
  const secret = named ? process.env.CLERK_SECRET_KEY : readState('settings.json')?.clerkSecretKey;
  const call = async (path, body) => {
    const response = await fetch(`${emulator}/v1/${path}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        authorization: `Bearer ${secret}`,
        'content-type': 'application/json',
        'clerk-api-version': '2026-05-12',
      },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    }).catch(() => {
      throw new Error(`The emulator at ${emulator} does not answer: is npm start still running?`);
    });
    if (!response.ok) throw new Error(`The emulator answered HTTP ${response.status} at ${path.split('?')[0]}.`);
    return response.json();
  };
  const list = (answer) => (Array.isArray(answer) ? answer : (answer.data ?? []));
  const userId = who.startsWith('user_')
    ? who
    : list(await call(`users?email_address=${encodeURIComponent(who)}`))[0]?.id;
  if (!userId) throw new Error('The emulator has no user with this address.');
  const active = list(await call(`sessions?user_id=${encodeURIComponent(userId)}&status=active`));
  const session = active[0] ?? (await call('sessions', { user_id: userId }));
  return (await call(`sessions/${session.id}/tokens`, {})).jwt;
}
