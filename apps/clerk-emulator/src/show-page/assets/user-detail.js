import { act } from './act.js';
import { ApiError, request } from './api.js';
import { confirm } from './dialog.js';
import { h } from './dom.js';
import { nameOf, when } from './format.js';
import { identifiers } from './identifiers.js';
import { load } from './load.js';
import {
  button,
  copyable,
  empty,
  faultOf,
  field,
  focusFirstFault,
  heading,
  problem,
  statesOf,
  valuesOf,
} from './parts.js';
import { go, hrefTo } from './route.js';
import { sessionsOf, signIn } from './sessions.js';
import { state } from './state.js';

/** One user with all actions. */
export function userDetail(id) {
  const { user: shown } = state;
  const back = h(
    'a',
    { class: 'back', href: hrefTo('users') },
    h('span', { 'aria-hidden': 'true' }, '← '),
    'All users',
  );
  if (shown?.id !== id) return detail(back, titled('User'), h('p', {}, 'Loading…'));
  const { data: user, error } = shown;
  if (user === null) {
    return detail(back, titled('No such user'), empty(error.message, 'The user may have been deleted.'));
  }
  return detail(
    back,
    titled(nameOf(user), statesOf(user)),
    h(
      'dl',
      { class: 'facts' },
      fact('User id', copyable(user.id, 'User id')),
      fact('Created', when(user.created_at)),
      fact('Updated', when(user.updated_at)),
      fact('Last sign-in', when(user.last_sign_in_at)),
    ),
    moderation(user),
    h('div', { class: 'part', 'data-key': `sessions ${id}` }, sessionsOf(user, shown.sessions)),
    h('div', { class: 'part', 'data-key': `profile ${id}` }, profile(user)),
    h('div', { class: 'part', 'data-key': `emails ${id}` }, identifiers(user, 'email_address')),
    h('div', { class: 'part', 'data-key': `phones ${id}` }, identifiers(user, 'phone_number')),
    h('div', { class: 'part', 'data-key': `metadata ${id}` }, metadata(user)),
  );
}

/**
 * Title row of the detail. Its heading is at the same place in the DOM before and after loading, so that it keeps the
 * focus.
 */
function titled(...content) {
  const [title, ...rest] = content;
  return h('div', { class: 'title' }, heading(2, 'detail-heading', title), rest);
}

function detail(...children) {
  return h(
    'article',
    { class: 'detail', 'data-key': `user ${state.route.id}`, 'aria-labelledby': 'detail-heading' },
    ...children,
  );
}

function fact(term, ...description) {
  return h('div', {}, h('dt', {}, term), h('dd', {}, ...description));
}

function moderation(user) {
  const path = `/emulator/page/users/${user.id}`;
  const name = nameOf(user);
  const turn = (action, said) => () =>
    act(
      `${action} ${user.id}`,
      async () => {
        await request('POST', `${path}/${action}`);
        await load('user', user.id);
      },
      { say: said },
    );
  return [
    h(
      'div',
      { class: 'actions' },
      button('Sign in as', () => void signIn(user), { kind: 'primary', busyKey: `sign-in ${user.id}`, describe: name }),
      user.banned
        ? button('Unban', turn('unban', 'Unbanned.'))
        : button('Ban', turn('ban', 'Banned; sessions revoked.')),
      user.locked ? button('Unlock', turn('unlock', 'Unlocked.')) : button('Lock', turn('lock', 'Locked.')),
      user.deprovisioned
        ? button('Reprovision', turn('reprovision', 'Reprovisioned.'))
        : button('Deprovision', turn('deprovision', 'Deprovisioned.')),
      h('a', { class: 'button', href: hrefTo('deliveries', null, { user_id: user.id }) }, 'Webhooks'),
      button('Delete…', () => remove(user), { kind: 'danger-quiet' }),
    ),
    ...['sign-in', 'ban', 'unban', 'lock', 'unlock', 'deprovision', 'reprovision'].map((action) =>
      problem(`${action} ${user.id}`),
    ),
  ];
}

function remove(user) {
  confirm({
    title: `Delete ${nameOf(user)}?`,
    text: 'Deletes the user and the sessions, and sends user.deleted. This cannot be undone.',
    verb: 'Delete user',
    key: `delete ${user.id}`,
    say: 'User deleted.',
    work: async () => {
      await request('DELETE', `/emulator/page/users/${user.id}`);
      go(hrefTo('users'));
      await load('users');
    },
    then: '#users-heading',
  });
}

function profile(user) {
  const key = `profile ${user.id}`;
  const text = (name, attributes = {}) =>
    h('input', { name, type: 'text', autocomplete: 'off', value: user[name] ?? '', ...attributes });
  const save = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const values = Object.entries(valuesOf(form)).map(([name, value]) => [name, value === '' ? null : value]);
    const done = await act(
      key,
      async () => {
        await request('PATCH', `/emulator/page/users/${user.id}`, Object.fromEntries(values));
        await load('user', user.id);
      },
      { say: 'Profile saved.', once: true },
    );
    if (done) form.reset();
    else focusFirstFault(form);
  };
  return h(
    'form',
    { onsubmit: save, novalidate: true, 'aria-labelledby': 'profile-heading' },
    heading(3, 'profile-heading', 'Profile'),
    h(
      'div',
      { class: 'triple' },
      field({ id: 'first-name', label: 'First name', control: text('first_name'), fault: faultOf(key, 'first_name') }),
      field({ id: 'last-name', label: 'Last name', control: text('last_name'), fault: faultOf(key, 'last_name') }),
      field({
        id: 'username',
        label: 'Username',
        control: text('username', { spellcheck: 'false', autocapitalize: 'none' }),
        fault: faultOf(key, 'username'),
      }),
    ),
    problem(key, ['first_name', 'last_name', 'username']),
    h('div', { class: 'actions' }, button('Save profile', null, { busyKey: key })),
  );
}

function metadata(user) {
  const key = `metadata ${user.id}`;
  const save = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const done = await act(
      key,
      async () => {
        const public_metadata = parseObject(form.elements.namedItem('public_metadata').value);
        await request('PUT', `/emulator/page/users/${user.id}/metadata`, { public_metadata });
        await load('user', user.id);
      },
      { say: 'Public metadata saved.', once: true },
    );
    if (done) form.reset();
    else focusFirstFault(form);
  };
  return h(
    'form',
    { onsubmit: save, novalidate: true, 'aria-labelledby': 'metadata-heading' },
    heading(3, 'metadata-heading', 'Public metadata'),
    field({
      id: 'public-metadata',
      label: 'JSON object',
      hint: 'Replaces the current metadata. Version 2 tokens have it as the claim “metadata”.',
      fault: faultOf(key, 'public_metadata'),
      control: h(
        'textarea',
        { name: 'public_metadata', rows: '6', spellcheck: 'false', autocapitalize: 'none', class: 'mono' },
        JSON.stringify(user.public_metadata, null, 2),
      ),
    }),
    problem(key, ['public_metadata']),
    h('div', { class: 'actions' }, button('Save metadata', null, { busyKey: key })),
  );
}

/** Parses the text of a JSON object. @throws ApiError with the name of the field, like an error of the emulator */
function parseObject(text) {
  const reject = (message) => {
    throw new ApiError(422, [{ message, meta: { param_name: 'public_metadata' } }]);
  };
  let value;
  try {
    value = JSON.parse(text.trim() || '{}');
  } catch (error) {
    reject(`This is not JSON: ${error.message}.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) reject('This must be a JSON object: {…}.');
  return value;
}
