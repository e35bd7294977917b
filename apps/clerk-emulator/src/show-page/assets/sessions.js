/* global performance, setInterval, clearInterval, atob, TextDecoder, document, location, URLSearchParams */
import { act } from './act.js';
import { request } from './api.js';
import { announce, h } from './dom.js';
import { exactly, when } from './format.js';
import { load } from './load.js';
import { badge, button, copyText, heading, problem } from './parts.js';
import { changed, state } from './state.js';

const TONES = { active: 'good', pending: 'warn', revoked: 'bad' };

/** Starts a session for the user and redirects the browser to `redirect_url`, if there is one. */
export function signIn(user) {
  return act(
    `sign-in ${user.id}`,
    async () => {
      await request('POST', '/emulator/sessions', { user_id: user.id });
      const back = returnUrl();
      if (back === null) await load('user', user.id);
      else location.assign(back);
    },
    { say: 'Signed in: a new session is active.' },
  );
}

/** URL of the page that sent the browser here to sign in, from Clerk's `redirect_url`; null without one. */
function returnUrl() {
  const text = new URLSearchParams(location.search).get('redirect_url');
  return text !== null && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? text : null;
}

/** A user's sessions and the last copied token. */
export function sessionsOf(user, sessions) {
  return [
    heading(3, 'sessions-heading', 'Sessions'),
    sessions.length === 0
      ? h('p', { class: 'none' }, 'Never signed in. “Sign in as” begins a session, which gives tokens.')
      : h('ul', { class: 'identifiers', 'aria-labelledby': 'sessions-heading' }, sessions.map(item)),
    state.token?.userId === user.id ? token(state.token) : null,
  ];
}

function item(session) {
  const active = session.status === 'active';
  const key = `session ${session.id}`;
  return h(
    'li',
    { 'data-key': session.id },
    h(
      'div',
      { class: 'identifier' },
      h('code', { class: 'value' }, session.id),
      h(
        'span',
        { class: 'badges' },
        badge(session.status.charAt(0).toUpperCase() + session.status.slice(1), TONES[session.status]),
        session.actor ? badge('Impersonated', 'warn') : null,
        h('span', { class: 'second' }, `since ${when(session.created_at)}`),
      ),
    ),
    active || session.status === 'pending'
      ? h(
          'div',
          { class: 'actions tight' },
          button('Copy token', () => void copyToken(session), { kind: 'small', busyKey: key, describe: session.id }),
          button('Sign out', () => void end(session, key), { kind: 'quiet small', busyKey: key, describe: session.id }),
        )
      : null,
    problem(key),
  );
}

function end(session, key) {
  return act(
    key,
    async () => {
      await request('POST', `/emulator/sessions/${session.id}/remove`);
      await load('user', session.user_id);
    },
    { say: 'Signed out.', fallback: '#sessions-heading' },
  );
}

async function copyToken(session) {
  await act(`session ${session.id}`, async () => {
    const { jwt } = await request('POST', '/emulator/tokens', { session_id: session.id });
    const [header, claims] = jwt.split('.', 2).map(decodePart);
    const lifetime = (claims.exp ?? 0) - (claims.iat ?? 0);
    const copied = await copyText(jwt, 'Token copied.');
    state.token = {
      userId: session.user_id,
      sessionId: session.id,
      jwt,
      header,
      claims,
      copied,
      // When the token expires, by the browser's clock: the emulator's clock may show another time.
      endsAt: performance.now() + lifetime * 1_000,
    };
    startCountdown();
  });
}

function decodePart(part) {
  const bytes = Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}

let countdown;

function startCountdown() {
  clearInterval(countdown);
  countdown = setInterval(() => {
    changed();
    if (state.token === null || secondsLeft(state.token) > 0) return;
    clearInterval(countdown);
    if (document.getElementById('token-heading')) announce('The copied token has expired.');
  }, 1_000);
}

function secondsLeft({ endsAt }) {
  return Math.max(0, Math.ceil((endsAt - performance.now()) / 1_000));
}

const TIMES = new Set(['exp', 'iat', 'nbf']);

function token(shown) {
  const left = secondsLeft(shown);
  return h(
    'div',
    { class: 'token', role: 'group', 'aria-labelledby': 'token-heading', 'data-key': 'token' },
    h(
      'div',
      { class: 'title' },
      heading(4, 'token-heading', shown.copied ? 'Token copied' : 'Token'),
      h(
        'span',
        { class: `badge ${left > 10 ? 'good' : left > 0 ? 'warn' : 'bad'}`, role: 'timer', id: 'token-left' },
        left > 0 ? `${left} s left` : 'Expired',
      ),
    ),
    shown.copied ? null : h('p', { class: 'problem' }, 'The browser did not allow copying: take the token below.'),
    h(
      'table',
      { class: 'claims' },
      h('caption', { class: 'visually-hidden' }, 'Claims of the token'),
      h('tbody', {}, Object.entries(shown.claims).map(claim)),
    ),
    h(
      'details',
      { 'data-key': shown.jwt.slice(-24), open: !shown.copied },
      h('summary', {}, 'Show header and token'),
      h('pre', { tabindex: '0', role: 'region', 'aria-label': 'Header of the token' }, JSON.stringify(shown.header)),
      h('textarea', { class: 'mono', rows: '5', readonly: true, 'aria-label': 'Token' }, shown.jwt),
    ),
    h(
      'div',
      { class: 'actions tight' },
      button('Hide', () => ((state.token = null), changed()), { kind: 'quiet small', describe: 'token' }),
    ),
  );
}

function claim([name, value]) {
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, h('code', {}, name)),
    h(
      'td',
      {},
      h('code', {}, typeof value === 'string' ? value : JSON.stringify(value)),
      TIMES.has(name) ? h('span', { class: 'second' }, ` ${exactly(value * 1_000)}`) : null,
    ),
  );
}
