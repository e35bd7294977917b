import { act } from './act.js';
import { request } from './api.js';
import { h } from './dom.js';
import { load } from './load.js';
import { badge, button, faultOf, field, focusFirstFault, heading, problem } from './parts.js';

const KINDS = {
  email_address: {
    title: 'E-mail addresses',
    noun: 'e-mail address',
    list: (user) => user.email_addresses,
    primary: (user) => user.primary_email_address_id,
    path: '/emulator/page/email_addresses',
    input: { type: 'email', inputmode: 'email', placeholder: 'ada@example.com' },
  },
  phone_number: {
    title: 'Phone numbers',
    noun: 'phone number',
    list: (user) => user.phone_numbers,
    primary: (user) => user.primary_phone_number_id,
    path: '/emulator/page/phone_numbers',
    input: { type: 'tel', placeholder: '+12015550100' },
  },
};

/** A user's e-mail addresses or phone numbers, with actions to add, verify, make primary and remove. */
export function identifiers(user, name) {
  const kind = KINDS[name];
  const list = kind.list(user);
  const headingId = `${name}-heading`;
  return [
    heading(3, headingId, kind.title),
    list.length === 0
      ? h('p', { class: 'none' }, `No ${kind.noun}.`)
      : h(
          'ul',
          { class: 'identifiers', 'aria-labelledby': headingId },
          list.map((each) => item(user, name, each, `#${headingId}`)),
        ),
    addForm(user, name),
  ];
}

function item(user, name, identifier, fallback) {
  const kind = KINDS[name];
  const value = identifier[name];
  const verified = identifier.verification.status === 'verified';
  const primary = kind.primary(user) === identifier.id;
  const path = `${kind.path}/${identifier.id}`;
  const keyOf = (label) => `${label} ${identifier.id}`;
  const change = (label, work, say, look = 'quiet small') => {
    const key = keyOf(label);
    const onclick = () =>
      act(
        key,
        async () => {
          await work();
          await load('user', user.id);
        },
        { say, fallback, once: true },
      );
    return button(label, onclick, { kind: look, busyKey: key, describe: value, 'data-key': label });
  };
  return h(
    'li',
    { 'data-key': identifier.id },
    h(
      'div',
      { class: 'identifier' },
      h('span', { class: 'value' }, value),
      h(
        'span',
        { class: 'badges' },
        primary ? badge('Primary', 'accent') : null,
        verified ? badge('Verified', 'good') : badge('Unverified', 'warn'),
        identifier.reserved ? badge('Reserved') : null,
      ),
    ),
    h(
      'div',
      { class: 'actions tight' },
      verified
        ? change('Unverify', () => request('PATCH', path, { verified: false }), `${value} is unverified.`)
        : change('Verify', () => request('PATCH', path, { verified: true }), `${value} is verified.`),
      primary ? null : change('Make primary', () => request('PATCH', path, { primary: true }), `${value} is primary.`),
      change('Remove', () => request('DELETE', path), `${value} was removed.`, 'danger-quiet small'),
    ),
    ['Verify', 'Unverify', 'Make primary', 'Remove'].map((label) => problem(keyOf(label))),
  );
}

function addForm(user, name) {
  const kind = KINDS[name];
  const key = `add ${name} ${user.id}`;
  const add = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const value = form.elements.namedItem(name).value.trim();
    const verified = form.elements.namedItem('verified').checked;
    const done = await act(
      key,
      async () => {
        await request('POST', kind.path, { user_id: user.id, [name]: value, verified });
        await load('user', user.id);
      },
      { say: `${value} was added.`, once: true },
    );
    if (done) form.reset();
    else focusFirstFault(form);
  };
  return h(
    'form',
    { class: 'add', novalidate: true, onsubmit: add },
    field({
      id: `add-${name}`,
      label: `Add ${kind.noun}`,
      fault: faultOf(key, name),
      control: h('input', { name, autocomplete: 'off', spellcheck: 'false', ...kind.input }),
    }),
    h('label', { class: 'check' }, h('input', { type: 'checkbox', name: 'verified', checked: true }), ' verified'),
    button('Add', null, { busyKey: key, describe: kind.noun }),
    problem(key, [name]),
  );
}
