/* global document, window */
import { ClerkProvider, Show, useAuth, useClerk, useSignIn, useSignUp, useUser } from '@clerk/react';
import { createElement as h, useState } from 'react';
import { createRoot } from 'react-dom/client';

/** The first error of an answer of Clerk. */
const firstOf = (error) => error?.errors?.[0];

/** Signs up, and in when the address has an account, by a code. */
function Door() {
  const { signUp } = useSignUp();
  const { signIn } = useSignIn();
  const [address, setAddress] = useState('');
  const [code, setCode] = useState('');
  const [attempt, setAttempt] = useState(null);
  const [fault, setFault] = useState('');

  const send = async () => {
    const created = await signUp.create({ emailAddress: address });
    const isKnown = firstOf(created.error)?.code === 'form_identifier_exists';
    const { error } = isKnown
      ? await signIn.emailCode.sendCode({ emailAddress: address })
      : await signUp.verifications.sendEmailCode();
    setAttempt(isKnown ? 'signIn' : 'signUp');
    setFault(firstOf(error)?.longMessage ?? '');
  };
  const check = async () => {
    const { error } =
      attempt === 'signIn'
        ? await signIn.emailCode.verifyCode({ code })
        : await signUp.verifications.verifyEmailCode({ code });
    setFault(firstOf(error)?.longMessage ?? '');
    if (!error) await (attempt === 'signIn' ? signIn : signUp).finalize();
  };
  const text = (label, value, set) =>
    h('label', {}, label, h('input', { value, onChange: (event) => set(event.target.value) }));
  return h(
    'main',
    {},
    text('E-mail address', address, setAddress),
    h('button', { onClick: send }, 'Send code'),
    attempt && text('Code', code, setCode),
    attempt && h('button', { onClick: check }, attempt === 'signIn' ? 'Sign in' : 'Sign up'),
    h('p', { role: 'alert' }, fault),
  );
}

function Home() {
  const { user } = useUser();
  const { getToken } = useAuth();
  const { signOut } = useClerk();
  const [token, setToken] = useState('');
  return h(
    'main',
    {},
    h('h1', {}, `Hello ${user.primaryEmailAddress.emailAddress}`),
    h('button', { onClick: () => getToken().then(setToken) }, 'Get token'),
    h('output', {}, token),
    h('button', { onClick: () => signOut() }, 'Sign out'),
  );
}

createRoot(document.getElementById('root')).render(
  h(
    ClerkProvider,
    { publishableKey: window.publishableKey, proxyUrl: '/__clerk', prefetchUI: false, telemetry: false },
    h(Show, { when: 'signed-in', fallback: h(Door) }, h(Home)),
  ),
);
