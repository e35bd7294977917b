/* global document */
import { act } from './act.js';
import { focusOn, h, morph } from './dom.js';
import { button, problem } from './parts.js';
import { state } from './state.js';

let open = null;

/**
 * Opens a modal dialog. The browser keeps the focus inside, closes it on Escape and gives the focus back.
 *
 * @param render gives its content; called again at every change while it is open
 */
export function openDialog({ label, render, focus }) {
  const dialog = h('dialog', { 'aria-labelledby': label, class: 'dialog' });
  dialog.addEventListener('close', () => {
    dialog.remove();
    // By now another one may be open.
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

/** Draws an open dialog anew. */
export function renderDialog() {
  if (open) morph(open.dialog, open.render());
}

/** Asks before something that cannot be undone. `then` is where the focus goes when it was done. */
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
