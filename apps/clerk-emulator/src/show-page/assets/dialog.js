/* global document */
import { act } from './act.js';
import { focusOn, h, morph } from './dom.js';
import { button, problem } from './parts.js';
import { state } from './state.js';

let open = null;

/**
 * Opens a modal dialog. The browser keeps the focus inside, closes it on Escape and restores the focus.
 *
 * @param render returns the content; called after every change while the dialog is open
 */
export function openDialog({ label, render, focus }) {
  const dialog = h('dialog', { 'aria-labelledby': label, class: 'dialog' });
  dialog.addEventListener('close', () => {
    dialog.remove();
    // Another dialog may be open by now.
    if (open?.dialog === dialog) open = null;
  });
  open = { dialog, render };
  morph(dialog, render());
  document.body.append(dialog);
  dialog.showModal();
  if (focus) dialog.querySelector(focus)?.focus();
}

export function closeDialog() {
  open?.dialog.close();
}

/** Renders the open dialog again. */
export function renderDialog() {
  if (open) morph(open.dialog, open.render());
}

/**
 * Asks for confirmation of an action that cannot be undone. After success, the element with the selector `then` gets
 * the focus.
 */
export function confirm({ title, text, verb, key, work, say, then }) {
  state.problems.delete(key);
  openDialog({
    label: 'confirm-title',
    focus: '[data-cancel]',
    render: () => [
      h('h2', { id: 'confirm-title' }, title),
      h('p', {}, text),
      problem(key),
      h(
        'div',
        { class: 'actions end' },
        button('Cancel', closeDialog, { 'data-cancel': true }),
        button(
          verb,
          async () => {
            if (!(await act(key, work, { say, once: true }))) return;
            closeDialog();
            if (then) focusOn(then);
          },
          { kind: 'danger', busyKey: key },
        ),
      ),
    ],
  });
}
