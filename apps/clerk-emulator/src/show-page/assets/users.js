import { act } from './act.js';
import { ApiError, request } from './api.js';
import { closeDialog, openDialog } from './dialog.js';
import { h } from './dom.js';
import { count, nameOf, primaryEmail, primaryPhone, when } from './format.js';
import { load } from './load.js';
import { button, empty, faultOf, field, focusFirstFault, heading, problem, statesOf, valuesOf } from './parts.js';
import { go, hrefTo } from './route.js';
import { changed, state } from './state.js';
import { userDetail } from './user-detail.js';

/** The list of users, and next to it the open user. */
export function usersView() {
  const { id } = state.route;
  return h(
    'section',
    { class: `view${id === null ? '' : ' split'}`, 'data-key': 'users', 'aria-labelledby': 'users-heading' },
    h(
      'div',
      { class: 'master' },
      h(
        'div',
        { class: 'title' },
        heading(2, 'users-heading', 'Users'),
        button('New user', newUser, { kind: 'primary' }),
      ),
      searchForm(),
      list(),
    ),
    id === null ? null : userDetail(id),
  );
}

function searchForm() {
  const { data, total } = state.users;
  return h(
    'form',
    { role: 'search', class: 'search', onsubmit: (event) => event.preventDefault() },
    h('label', { for: 'user-search', class: 'visually-hidden' }, 'Search users'),
    h('input', {
      id: 'user-search',
      type: 'search',
      placeholder: 'Name, e-mail, phone or id',
      autocomplete: 'off',
      spellcheck: 'false',
      oninput: (event) => search(event.target.value.trim()),
    }),
    data === null ? null : h('p', { class: 'tally', role: 'status' }, tally(data.length, total)),
  );
}

function tally(shown, total) {
  return shown < total ? `${shown.toLocaleString('en')} of ${count(total, 'user')}` : count(total, 'user');
}

function search(query) {
  Object.assign(state.users, { query, limit: 50 });
  void load('users');
}

function list() {
  const { data, total, query, error } = state.users;
  if (error) return h('p', { class: 'problem', role: 'alert' }, error.message);
  if (data === null) return h('p', { class: 'waiting' }, 'Loading…');
  if (data.length === 0) {
    return query === ''
      ? empty('No users yet', 'Create one here, or with any Clerk client that points at this emulator.')
      : empty('No user matches', 'The search finds parts of names, addresses, numbers and ids.');
  }
  return [
    h(
      'table',
      { class: 'list users', 'data-key': 'list' },
      h('caption', { class: 'visually-hidden' }, 'Users, newest first'),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('th', { scope: 'col' }, 'Name'),
          h('th', { scope: 'col', class: 'wide' }, 'E-mail'),
          h('th', { scope: 'col', class: 'wide' }, 'Phone'),
          h('th', { scope: 'col' }, 'State'),
          h('th', { scope: 'col', class: 'wide' }, 'Created'),
        ),
      ),
      h('tbody', {}, data.map(row)),
    ),
    data.length < total
      ? button('Show more', () => ((state.users.limit = Math.min(500, state.users.limit + 100)), void load('users')), {
          kind: 'block',
          disabled: state.users.limit >= 500,
        })
      : null,
  ];
}

function row(user) {
  const email = primaryEmail(user);
  const phone = primaryPhone(user);
  const name = nameOf(user);
  const second = [email, phone].find((value) => value !== null && value !== name);
  const current = state.route.id === user.id;
  return h(
    'tr',
    { 'data-key': user.id, class: current ? 'current' : null },
    h(
      'td',
      { class: 'main' },
      h(
        'a',
        { href: hrefTo('users', user.id), class: 'row-link', 'aria-current': current ? 'true' : null },
        h('span', { class: 'strong' }, name),
      ),
      h('span', { class: 'second narrow' }, second ?? user.id),
    ),
    h('td', { class: 'wide' }, email ?? none()),
    h('td', { class: phone === null ? 'wide' : 'wide mono' }, phone ?? none()),
    h('td', {}, statesOf(user)),
    h('td', { class: 'wide time' }, when(user.created_at)),
  );
}

function none() {
  return h('span', { class: 'none' }, 'none');
}

const KEY = 'create-user';
/** Error for a new user without any identifier. Replaces Clerk's text, which names only the parameters. */
const NOTHING_GIVEN = {
  message: 'Give an e-mail address, a phone number or a username.',
  meta: { param_name: 'email_address' },
};

function newUser() {
  state.problems.delete(KEY);
  openDialog({ label: 'new-user-title', focus: '#new-first', render: newUserForm });
}

function newUserForm() {
  const text = (name, attributes = {}) => h('input', { name, type: 'text', autocomplete: 'off', ...attributes });
  return h(
    'form',
    { novalidate: true, onsubmit: create },
    h('h2', { id: 'new-user-title' }, 'New user'),
    h(
      'p',
      { class: 'lead' },
      'Enter an e-mail address, a phone number or a username. Address and number are verified at once.',
    ),
    h(
      'div',
      { class: 'pair' },
      field({ id: 'new-first', label: 'First name', control: text('first_name'), fault: faultOf(KEY, 'first_name') }),
      field({ id: 'new-last', label: 'Last name', control: text('last_name'), fault: faultOf(KEY, 'last_name') }),
    ),
    field({
      id: 'new-email',
      label: 'E-mail address',
      control: text('email_address', { type: 'email', inputmode: 'email', spellcheck: 'false' }),
      fault: faultOf(KEY, 'email_address'),
    }),
    field({
      id: 'new-phone',
      label: 'Phone number',
      hint: 'With country code, such as +12015550100.',
      control: text('phone_number', { type: 'tel' }),
      fault: faultOf(KEY, 'phone_number'),
    }),
    field({
      id: 'new-username',
      label: 'Username',
      control: text('username', { spellcheck: 'false', autocapitalize: 'none' }),
      fault: faultOf(KEY, 'username'),
    }),
    problem(KEY, ['first_name', 'last_name', 'email_address', 'phone_number', 'username']),
    h(
      'div',
      { class: 'actions end' },
      button('Cancel', closeDialog),
      button('Create user', null, { kind: 'primary', busyKey: KEY }),
    ),
  );
}

async function create(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const { email_address, phone_number, ...rest } = valuesOf(form);
  const filled = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== ''));
  const body = {
    ...filled,
    ...(email_address && { email_address: [email_address] }),
    ...(phone_number && { phone_number: [phone_number] }),
    skip_password_requirement: true,
  };
  let user;
  const work = async () => {
    if (!email_address && !phone_number && !rest.username) throw new ApiError(422, [NOTHING_GIVEN]);
    user = await request('POST', '/emulator/page/users', body);
  };
  const done = await act(KEY, work, { say: 'User created.', once: true });
  if (!done) return focusFirstFault(form);
  closeDialog();
  changed();
  go(hrefTo('users', user.id));
}
