import { PROVIDER } from '../clerk/external-account';
import { type ClerkEmulator, startClerkEmulator } from '../start-clerk-emulator';

/** An answer of the Frontend API, and the name of Clerk's schema for it. */
interface FrontendShape {
  readonly shape: string;
  readonly schema: string;
  readonly body: unknown;
}

const EMAIL = 'ada+clerk_test@example.com';
const PHONE = '+12015550100';
const REDIRECT_URL = 'http://localhost:5173/sso-callback';
const PNG_START = Buffer.from('89504e470d0a1a0a', 'hex');
const TIMEOUT_MS = 10_000;

interface Wrapped {
  readonly id?: string;
  readonly response?: { readonly id?: string; readonly created_session_id?: string } | null;
}

type Call = (schema: string, method: string, path: string, form?: Record<string, string>) => Promise<Wrapped>;

/** Starts an emulator and collects an answer of each route of its Frontend API. No request leaves this machine. */
export async function collectFrontendShapes(): Promise<FrontendShape[]> {
  const emulator = await startClerkEmulator();
  try {
    const shapes: FrontendShape[] = [];
    const bob = emulator.createUser({ email_address: ['bob+clerk_test@example.com'], phone_number: ['+12015550101'] });
    let credential = '';
    const call = async (schema: string, method: string, path: string, form?: Record<string, string> | FormData) => {
      const query = new URLSearchParams({ __clerk_db_jwt: credential, _method: method });
      const response = await fetch(`${emulator.url}/v1/${path}?${query.toString()}`, {
        method: method === 'GET' ? 'GET' : 'POST',
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(form && { body: form instanceof FormData ? form : new URLSearchParams(form) }),
      });
      const body = (await response.json()) as Wrapped;
      if (schema !== '') shapes.push({ shape: `${method} ${path.replace(/\b[a-z]+_\w{27}\b/, ':id')}`, schema, body });
      return body;
    };
    await call('Client.Environment', 'GET', 'environment');
    await call('Client.Environment', 'PATCH', 'environment');
    await call('ClerkErrors', 'GET', 'client');
    credential = (await call('', 'POST', 'dev_browser')).id ?? '';
    await call('Client.ClientWrappedClient', 'GET', 'client');

    await collectProvider(emulator, call);
    const signUp = 'Client.ClientWrappedSignUp';
    const { response: up } = await call(signUp, 'POST', 'client/sign_ups', { email_address: EMAIL });
    const upPath = `client/sign_ups/${up?.id ?? ''}`;
    await call(signUp, 'PATCH', upPath, { phone_number: PHONE, first_name: 'Ada', unsafe_metadata: '{}' });
    for (const strategy of ['email_code', 'phone_code']) {
      await call(signUp, 'POST', `${upPath}/prepare_verification`, { strategy });
      await call('ClerkErrors', 'POST', `${upPath}/attempt_verification`, { strategy, code: '000000' });
      await call(signUp, 'POST', `${upPath}/attempt_verification`, { strategy, code: '424242' });
    }
    await call(signUp, 'GET', upPath);

    const signIn = 'Client.ClientWrappedSignIn';
    await call(signIn, 'POST', 'client/sign_ins', {});
    const identifier = bob.phone_numbers[0]?.phone_number ?? '';
    const { response: begun } = await call(signIn, 'POST', 'client/sign_ins', { identifier });
    const inPath = `client/sign_ins/${begun?.id ?? ''}`;
    await call(signIn, 'POST', `${inPath}/prepare_first_factor`, { strategy: 'phone_code' });
    const { response: done } = await call(signIn, 'POST', `${inPath}/attempt_first_factor`, {
      strategy: 'phone_code',
      code: '424242',
    });
    await call(signIn, 'GET', inPath);
    await call('Client.ClientWrappedClient', 'GET', 'client');

    const session = `client/sessions/${done?.created_session_id ?? ''}`;
    await call('Client.ClientWrappedSession', 'GET', session);
    await call('Client.TouchWrappedSession', 'POST', `${session}/touch`, { intent: 'select_session' });
    await call('Token', 'POST', `${session}/tokens`);
    await call('Client.ClientWrappedUser', 'GET', 'me');
    await call('Client.ClientWrappedUser', 'PATCH', 'me', { first_name: 'Bob' });
    await call('Client.ClientWrappedUser', 'PATCH', 'me/metadata', { unsafe_metadata: '{"theme":"dark"}' });
    for (const [kind, value] of [
      ['email_address', 'second+clerk_test@example.com'],
      ['phone_number', '+12015550102'],
    ] as const) {
      const schema = kind === 'email_address' ? 'Client.ClientWrappedEmailAddress' : 'Client.ClientWrappedPhoneNumber';
      const path = `me/${kind === 'email_address' ? 'email_addresses' : 'phone_numbers'}`;
      const { response: added } = await call(schema, 'POST', path, { [kind]: value });
      const one = `${path}/${added?.id ?? ''}`;
      const strategy = kind === 'email_address' ? 'email_code' : 'phone_code';
      await call(schema, 'POST', `${one}/prepare_verification`, { strategy });
      await call(schema, 'POST', `${one}/attempt_verification`, { code: '424242' });
      await call(schema, 'GET', one);
      await call('Client.ClientWrappedDeletedObject', 'DELETE', one);
    }
    const connect = { strategy: PROVIDER, redirect_url: REDIRECT_URL };
    const connected = await call('Client.ClientWrappedExternalAccount', 'POST', 'me/external_accounts', connect);
    await answerProvider(emulator, connected, 'carol@example.com');
    const account = emulator.findUser(bob.id)?.external_accounts[0]?.id ?? '';
    await call('Client.ClientWrappedUser', 'GET', 'me');
    const accountPath = `me/external_accounts/${account}`;
    const again = { redirect_url: REDIRECT_URL };
    await call('Client.ClientWrappedExternalAccount', 'PATCH', `${accountPath}/reauthorize`, again);
    await call('Client.ClientWrappedDeletedObject', 'DELETE', accountPath);
    const image = new FormData();
    image.append('file', new Blob([new Uint8Array(PNG_START)]));
    await call('Client.ClientWrappedImage', 'POST', 'me/profile_image', image);
    await call('Client.ClientWrappedDeletedObject', 'DELETE', 'me/profile_image');
    await call('Client.ActiveSessions', 'GET', 'me/sessions/active');
    const elsewhere = `me/sessions/${emulator.signIn(bob.id).id}`;
    await call('Client.ClientWrappedSession', 'POST', `${elsewhere}/revoke`);
    await call('Client.ClientWrappedSession', 'POST', `${session}/remove`);
    await call('ClerkErrors', 'POST', `${session}/tokens`);
    await call('Client.ClientWrappedDeletedObject', 'DELETE', 'me');
    await call('Client.DeleteSession', 'DELETE', 'client/sessions');
    await call('Client.DeleteSession', 'DELETE', 'client');
    return shapes;
  } finally {
    await emulator.close();
  }
}

/** A sign-in and a sign-up by the Test Provider, each before and after the browser was there, and their transfers. */
async function collectProvider(emulator: ClerkEmulator, call: Call): Promise<void> {
  const provider = { strategy: PROVIDER, redirect_url: REDIRECT_URL };
  const signIn = 'Client.ClientWrappedSignIn';
  const signUp = 'Client.ClientWrappedSignUp';
  await answerProvider(emulator, await call(signIn, 'POST', 'client/sign_ins', provider), 'dora@example.com');
  await call('Client.ClientWrappedClient', 'GET', 'client');
  await call(signUp, 'POST', 'client/sign_ups', { transfer: 'true' });
  await call('Client.DeleteSession', 'DELETE', 'client/sessions');
  await answerProvider(emulator, await call(signUp, 'POST', 'client/sign_ups', provider), 'dora@example.com');
  await call('Client.ClientWrappedClient', 'GET', 'client');
  await call(signIn, 'POST', 'client/sign_ins', { transfer: 'true' });
}

/** Answers on the provider's page, which an answer of the Frontend API names. */
async function answerProvider({ url }: ClerkEmulator, answer: Wrapped, email: string): Promise<void> {
  const state = /test-provider\?state=([\w-]+)/.exec(JSON.stringify(answer.response))?.[1] ?? '';
  const query = new URLSearchParams({ state, email_address: email });
  await fetch(`${url}/v1/oauth_callback?${query.toString()}`, {
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
}
