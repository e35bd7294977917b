import { browsers } from './browsers.js';
import { h } from './dom.js';
import { exactly, when } from './format.js';
import { badge, button, copyText, empty, heading } from './parts.js';
import { state } from './state.js';

/** Maximum number of codes on the page. */
const SHOWN = 100;

/** One-time codes that Clerk would send by e-mail or SMS, newest first; then sign-ins, sign-ups and browsers. */
export function codesView() {
  const { data, attempts, browsers: known, error } = state.codes;
  return h(
    'section',
    { class: 'view', 'data-key': 'codes', 'aria-labelledby': 'codes-heading' },
    h('div', { class: 'title' }, heading(2, 'codes-heading', 'Sign-ins')),
    h('p', { class: 'lead' }, 'What Clerk’s packages do in browsers, and the codes that Clerk would send.'),
    error ? h('p', { class: 'problem', role: 'alert' }, error.message) : null,
    h('div', { class: 'part', 'data-key': 'list' }, heading(3, 'list-heading', 'Codes'), list(data)),
    data === null ? null : browsers(attempts, known),
  );
}

function list(data) {
  if (data === null) return h('p', { class: 'waiting' }, 'Loading…');
  if (data.length === 0) return empty('No codes yet', 'Sign up or in with one of Clerk’s packages.');
  return h('ul', { class: 'identifiers', 'aria-labelledby': 'list-heading' }, data.slice(0, SHOWN).map(item));
}

function item({ id, to, code, kind, created_at }) {
  return h(
    'li',
    { 'data-key': id },
    h(
      'div',
      { class: 'identifier' },
      h('code', { class: 'value' }, code),
      h(
        'span',
        { class: 'badges' },
        badge(kind === 'sms' ? 'SMS' : 'E-mail'),
        h('span', {}, to),
        h('span', { class: 'second', title: exactly(created_at) }, when(created_at)),
      ),
    ),
    h(
      'div',
      { class: 'actions tight' },
      button('Copy', () => void copyText(code, 'Code copied.'), {
        kind: 'quiet small',
        describe: `the code for ${to}`,
      }),
    ),
  );
}
