import { act } from './act.js';
import { request } from './api.js';
import { h } from './dom.js';
import { duration, exactly, pretty, when, words } from './format.js';
import { load } from './load.js';
import { badge, button, copyable, empty, heading, problem } from './parts.js';
import { hrefTo } from './route.js';
import { state } from './state.js';

/** One delivery with its attempts, requests and responses. */
export function deliveryDetail(id, statusBadge) {
  const { delivery: shown } = state;
  const back = h(
    'a',
    { class: 'back', href: hrefTo('deliveries', null, state.route.query) },
    h('span', { 'aria-hidden': 'true' }, '← '),
    'All deliveries',
  );
  if (shown?.id !== id) return detail(back, titled('Delivery'), h('p', {}, 'Loading…'));
  const { data: delivery, error } = shown;
  if (delivery === null) {
    return detail(
      back,
      titled('No such delivery'),
      empty(error.message, 'The emulator keeps only the latest finished deliveries.'),
    );
  }
  const key = `resend ${id}`;
  return detail(
    back,
    titled(
      h('code', {}, delivery.type),
      statusBadge(delivery.status),
      delivery.fault_kinds?.map((kind) => badge(words(kind), 'accent')),
    ),
    facts(delivery),
    h(
      'div',
      { class: 'actions' },
      button('Resend', () => void resend(delivery, key), { kind: 'primary', busyKey: key }),
    ),
    problem(key),
    h('div', { class: 'part' }, attempts(delivery)),
    h(
      'div',
      { class: 'part' },
      heading(3, 'body-heading', 'Body'),
      h('pre', { tabindex: '0', role: 'region', 'aria-labelledby': 'body-heading' }, pretty(delivery.body)),
    ),
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
    { class: 'detail', 'data-key': `delivery ${state.route.id}`, 'aria-labelledby': 'detail-heading' },
    ...children,
  );
}

function facts(delivery) {
  const rows = [
    ['svix-id', copyable(delivery.message_id, 'svix-id')],
    ['Endpoint', h('code', {}, delivery.url)],
    delivery.user_id
      ? ['User', h('a', { href: hrefTo('users', delivery.user_id) }, h('code', {}, delivery.user_id))]
      : null,
    ['Recorded', exactly(delivery.created_at)],
    delivery.next_attempt_at === null ? null : ['Next attempt', nextAttempt(delivery.next_attempt_at)],
    delivery.note ? ['Note', delivery.note] : null,
  ];
  return h(
    'dl',
    { class: 'facts' },
    rows.filter(Boolean).map(([term, description]) => h('div', {}, h('dt', {}, term), h('dd', {}, description))),
  );
}

function nextAttempt(at) {
  const wait = at - Date.now();
  return wait > 0 ? `${when(at)}, in ${duration(wait)}` : 'as soon as possible';
}

function resend(delivery, key) {
  return act(
    key,
    async () => {
      await request('POST', `/emulator/deliveries/${delivery.id}/resend`);
      await Promise.all([load('delivery', delivery.id), load('deliveries')]);
    },
    { say: 'Delivery sent again.' },
  );
}

function attempts(delivery) {
  return [
    heading(3, 'attempts-heading', 'Attempts'),
    delivery.attempts.length === 0
      ? h('p', { class: 'none' }, state.health?.paused ? 'None: delivery is paused.' : 'None yet.')
      : h(
          'ol',
          { class: 'attempts', 'aria-labelledby': 'attempts-heading' },
          delivery.attempts.map((attempt, index) => item(delivery, attempt, index + 1)),
        ),
  ];
}

function item(delivery, attempt, number) {
  const good = attempt.error === null;
  return h(
    'li',
    { 'data-key': `${attempt.at} ${number}` },
    h(
      'div',
      { class: 'attempt' },
      h('span', { class: 'strong' }, `#${number}`),
      badge(attempt.status === null ? 'No response' : `${attempt.status}`, good ? 'good' : 'bad'),
      h('span', { class: 'time' }, when(attempt.at)),
      h('span', { class: 'time' }, duration(attempt.duration_ms)),
      attempt.faults?.map((kind) => badge(words(kind), 'accent')),
    ),
    good ? null : h('p', { class: 'attempt-error' }, attempt.error),
    attempt.request || attempt.response
      ? h('details', { 'data-key': 'wire' }, h('summary', {}, 'Request and response'), wire(delivery, attempt, number))
      : null,
  );
}

function wire(delivery, attempt, number) {
  const { request: sent, response } = attempt;
  return [
    sent ? h('h4', {}, 'Request') : null,
    sent ? headers(`POST ${delivery.url}`, sent.headers, `Request headers of attempt ${number}`) : null,
    sent && sent.body !== null
      ? [
          h('p', { class: 'hint' }, 'The body that was sent is not the one below, but this:'),
          block(pretty(sent.body), `Request body of attempt ${number}`),
        ]
      : null,
    h('h4', {}, 'Answer'),
    response === null || response === undefined
      ? h('p', { class: 'none' }, 'There was none.')
      : [
          headers(`${attempt.status}`, response.headers, `Response headers of attempt ${number}`),
          response.body === ''
            ? h('p', { class: 'none' }, 'Its body was empty.')
            : block(pretty(response.body), `Response body of attempt ${number}`),
        ],
  ];
}

function headers(first, values, label) {
  return block([first, ...Object.entries(values).map(([name, value]) => `${name}: ${value}`)].join('\n'), label);
}

function block(text, label) {
  return h('pre', { tabindex: '0', role: 'region', 'aria-label': label }, text);
}
