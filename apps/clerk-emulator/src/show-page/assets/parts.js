/* global FormData, document, navigator */
import { h } from './dom.js';
import { state } from './state.js';

/** A button. While its action runs it stays focusable and is marked as busy. */
export function button(label, onclick, { kind = '', busyKey, describe, disabled = false, ...rest } = {}) {
  const busy = busyKey !== undefined && state.busy.has(busyKey);
  return h(
    'button',
    {
      type: onclick ? 'button' : 'submit',
      class: `button ${kind}`.trim(),
      'aria-disabled': busy || disabled ? 'true' : null,
      'aria-busy': busy ? 'true' : null,
      onclick: busy || disabled ? null : onclick,
      ...rest,
    },
    label,
    describe ? h('span', { class: 'visually-hidden' }, ` ${describe}`) : null,
  );
}

/** A word that shows a state, so that colour is not the only sign of it. */
export function badge(text, tone = 'plain') {
  return h('span', { class: `badge ${tone}` }, text);
}

/** A field with its label, hint and error, linked for screen readers. */
export function field({ id, label, hint, fault, control, optional = false }) {
  const described = [hint ? `${id}-hint` : null, fault ? `${id}-fault` : null].filter(Boolean).join(' ');
  control.id = id;
  if (described) control.setAttribute('aria-describedby', described);
  if (fault) control.setAttribute('aria-invalid', 'true');
  return h(
    'div',
    { class: `field${fault ? ' faulty' : ''}` },
    h('label', { for: id }, label, optional ? h('span', { class: 'optional' }, ' optional') : null),
    control,
    hint ? h('p', { class: 'hint', id: `${id}-hint` }, hint) : null,
    fault ? h('p', { class: 'fault', id: `${id}-fault` }, fault) : null,
  );
}

/** The error of an action, without the errors that its fields show. */
export function problem(key, shownInFields = []) {
  const error = state.problems.get(key);
  if (!error) return null;
  const rest = error.errors.filter((each) => !shownInFields.includes(each.meta?.param_name));
  if (rest.length === 0) return null;
  return h('p', { class: 'problem', role: 'alert' }, rest.map((each) => each.long_message ?? each.message).join(' '));
}

/** The error of one field of an action. */
export function faultOf(key, name) {
  return state.problems.get(key)?.fields.get(name);
}

/** Moves the focus to the first invalid field. Waits for the next render, which marks the invalid fields. */
export function focusFirstFault(form) {
  setTimeout(() => form.querySelector('[aria-invalid="true"]')?.focus(), 0);
}

/** A hint for an empty list. */
export function empty(title, ...text) {
  return h('div', { class: 'empty' }, h('p', { class: 'empty-title' }, title), h('p', {}, ...text));
}

/** Trimmed values of the text fields of a form. */
export function valuesOf(form) {
  return Object.fromEntries(Array.from(new FormData(form), ([name, value]) => [name, String(value).trim()]));
}

/** A heading that can get the focus when its part of the page opens. */
export function heading(level, id, ...content) {
  return h(`h${level}`, { id, tabindex: '-1' }, ...content);
}

/** An id with a button that copies it. */
export function copyable(text, what) {
  return h(
    'span',
    { class: 'copyable' },
    h('code', {}, text),
    button('Copy', () => void copyText(text, `${what} copied.`), { kind: 'quiet small', describe: what }),
  );
}

/** Copies a text to the clipboard. Announces when the browser does not allow it. */
export async function copyText(text, said) {
  const announcer = document.getElementById('announcer');
  try {
    await navigator.clipboard.writeText(text);
    announcer.textContent = said;
    return true;
  } catch {
    announcer.textContent = 'The browser did not allow copying.';
    return false;
  }
}

/** The state of a user, in words. */
export function statesOf(user) {
  return h(
    'span',
    { class: 'badges' },
    user.banned ? badge('Banned', 'bad') : null,
    user.deprovisioned ? badge('Deprovisioned', 'bad') : null,
    user.locked ? badge('Locked', 'warn') : null,
    user.banned || user.deprovisioned || user.locked ? null : badge('Active', 'good'),
  );
}
