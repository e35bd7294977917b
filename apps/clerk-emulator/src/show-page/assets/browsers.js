import { h } from './dom.js';
import { count, sentence, when } from './format.js';
import { badge, heading } from './parts.js';
import { hrefTo } from './route.js';

const TONES = { complete: 'good', verified: 'good', failed: 'bad', expired: 'bad', transferable: 'accent' };

/** Sign-ins and sign-ups of browsers, newest first, and the browsers with their sessions. */
export function browsers(attempts, known) {
  return [
    part('attempts', 'Sign-ins and sign-ups', attempts, ['Who', ['Verification'], 'Status', ['Begun']], attemptRow),
    part('browsers', 'Browsers', known, ['Client', 'Signed in', ['Changed']], browserRow),
  ];
}

function part(key, title, rows, columns, row) {
  const id = `${key}-heading`;
  return h(
    'div',
    { class: 'part', 'data-key': key },
    heading(3, id, title),
    rows.length === 0
      ? h('p', { class: 'none' }, 'None yet.')
      : h(
          'table',
          { class: 'list', 'aria-labelledby': id },
          h('thead', {}, h('tr', {}, columns.map(column))),
          h('tbody', {}, rows.map(row)),
        ),
  );
}

/** A column in a list of its own is left out on narrow screens. */
function column(name) {
  return h('th', { scope: 'col', class: Array.isArray(name) ? 'wide' : null }, name);
}

function attemptRow({ id, kind, identifier, verification, status, user_id, created_at }) {
  const who = identifier ?? 'Nobody yet';
  return h(
    'tr',
    { 'data-key': id },
    h(
      'td',
      { class: 'main' },
      user_id === null ? who : h('a', { href: hrefTo('users', user_id) }, who),
      h('span', { class: 'second' }, kind === 'sign_up' ? ' signs up' : ' signs in'),
      verification === null ? null : h('span', { class: 'second narrow' }, result(verification)),
    ),
    h('td', { class: 'wide' }, verification === null ? h('span', { class: 'none' }, 'none') : result(verification)),
    h('td', {}, badge(words(status), TONES[status] ?? 'warn')),
    h('td', { class: 'wide time' }, when(created_at)),
  );
}

function result({ strategy, status, attempts }) {
  return [
    h('span', {}, `${words(strategy.replace(/^oauth_.*/, 'Test Provider'))} `),
    badge(words(status), TONES[status] ?? 'plain'),
    attempts ? h('span', { class: 'second' }, ` ${count(attempts, 'attempt')}`) : null,
  ];
}

function browserRow({ client_id, sessions, last_active_session_id: active, updated_at }) {
  return h(
    'tr',
    { 'data-key': client_id },
    h('td', { class: 'main path' }, client_id),
    h(
      'td',
      {},
      sessions.length === 0
        ? h('span', { class: 'none' }, 'nobody')
        : sessions.map(({ id, user_id }) =>
            h(
              'div',
              { 'data-key': id },
              h('a', { class: 'path', href: hrefTo('users', user_id) }, user_id),
              id === active && sessions.length > 1 ? [' ', badge('Active', 'good')] : null,
            ),
          ),
    ),
    h('td', { class: 'wide time' }, when(updated_at)),
  );
}

function words(name) {
  return sentence(name.replaceAll('_', ' '));
}
