/* global document, clearTimeout */
import { act } from './act.js';
import { request } from './api.js';
import { deliveryDetail } from './delivery-detail.js';
import { h } from './dom.js';
import { count, duration, when } from './format.js';
import { load } from './load.js';
import { badge, button, empty, heading, problem } from './parts.js';
import { hrefTo, replaceRoute } from './route.js';
import { state } from './state.js';

const STATUSES = {
  pending: { text: 'Pending', tone: 'warn' },
  delivered: { text: 'Delivered', tone: 'good' },
  failed: { text: 'Failed', tone: 'bad' },
};

/** Status of a delivery, in one word. */
export function statusBadge(status) {
  const { text, tone } = STATUSES[status] ?? { text: status, tone: 'plain' };
  return badge(text, tone);
}

/** The live list of deliveries, and next to it the open delivery. */
export function deliveriesView() {
  const { id } = state.route;
  return h(
    'section',
    { class: `view${id === null ? '' : ' split'}`, 'data-key': 'deliveries', 'aria-labelledby': 'deliveries-heading' },
    h(
      'div',
      { class: 'master' },
      h('div', { class: 'title' }, heading(2, 'deliveries-heading', 'Deliveries'), queueButton()),
      queueNote(),
      problem('queue'),
      filters(),
      list(),
    ),
    id === null ? null : deliveryDetail(id, statusBadge),
  );
}

function queueButton() {
  const paused = state.health?.paused ?? false;
  const turn = () =>
    act(
      'queue',
      async () => {
        await request('POST', paused ? '/emulator/resume' : '/emulator/pause');
        await load('health');
      },
      { say: paused ? 'Delivery resumed.' : 'Delivery paused.' },
    );
  return button(paused ? 'Resume delivery' : 'Pause delivery', turn, {
    busyKey: 'queue',
    kind: paused ? 'primary' : '',
  });
}

function queueNote() {
  const { health } = state;
  if (health === null) return null;
  const { deliveries_pending: pending, deliveries_in_hand: inFlight } = health;
  const waiting =
    pending === 0
      ? 'Nothing is waiting.'
      : `${count(pending, 'delivery', 'deliveries')} waiting, ${inFlight} in flight.`;
  return h(
    'p',
    { class: `queue${health.paused ? ' paused' : ''}` },
    health.paused ? h('strong', {}, 'Paused. ') : null,
    health.paused ? `${waiting} Resending still works.` : waiting,
  );
}

function filters() {
  const { query, id } = state.route;
  const seen = [...new Set((state.deliveries.data ?? []).map((delivery) => delivery.type))].sort();
  const set = (name) => (event) => apply({ ...query, [name]: event.target.value.trim() }, id);
  const option = (value, text) => h('option', { value, selected: (query.status ?? '') === value }, text);
  return h(
    'form',
    { class: 'filters', 'aria-label': 'Filter deliveries', onsubmit: (event) => event.preventDefault() },
    labelled(
      'filter-type',
      'Type',
      h('input', {
        list: 'types-seen',
        value: query.type ?? '',
        placeholder: 'all',
        autocomplete: 'off',
        spellcheck: 'false',
        autocapitalize: 'none',
        oninput: later(set('type')),
      }),
    ),
    h(
      'datalist',
      { id: 'types-seen' },
      seen.map((type) => h('option', { value: type })),
    ),
    labelled(
      'filter-status',
      'Status',
      h(
        'select',
        { onchange: set('status') },
        option('', 'all'),
        Object.entries(STATUSES).map(([status, { text }]) => option(status, text)),
      ),
    ),
    labelled(
      'filter-user',
      'User id',
      h('input', {
        value: query.user_id ?? '',
        placeholder: 'all',
        autocomplete: 'off',
        spellcheck: 'false',
        autocapitalize: 'none',
        oninput: later(set('user_id')),
      }),
    ),
    isFiltered(query)
      ? button('Clear', () => (document.querySelector('.filters')?.reset(), apply({}, id)), {
          kind: 'quiet',
          describe: 'filters',
          'data-key': 'clear',
        })
      : null,
  );
}

function isFiltered({ type, status, user_id }) {
  return Boolean(type || status || user_id);
}

function labelled(id, label, control) {
  control.id = id;
  return h('div', { class: 'field', 'data-key': id }, h('label', { for: id }, label), control);
}

let typing;

/** Returns a listener that calls `handler` after a pause in typing. */
function later(handler) {
  return (event) => {
    clearTimeout(typing);
    typing = setTimeout(() => handler(event), 250);
  };
}

function apply(query, id) {
  replaceRoute(hrefTo('deliveries', id, query));
}

function list() {
  const { data, error } = state.deliveries;
  if (error) return h('p', { class: 'problem', role: 'alert' }, error.message);
  if (data === null) return h('p', { class: 'waiting' }, 'Loading…');
  if (data.length > 0) return [table(data), data.length >= 100 ? h('p', { class: 'hint' }, 'The latest 100.') : null];
  if (isFiltered(state.route.query)) return empty('Nothing matches', 'Clear the filters to see every delivery.');
  if (state.health !== null && state.health.webhook_urls?.length === 0) {
    return empty('No endpoints', 'Add one under ', h('a', { href: hrefTo('endpoints') }, 'Endpoints'), '.');
  }
  return empty('Nothing delivered yet', 'Create or change a user: its webhook appears here at once.');
}

function table(deliveries) {
  return h(
    'table',
    { class: 'list deliveries', 'data-key': 'list' },
    h('caption', { class: 'visually-hidden' }, 'Deliveries, newest first'),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'col' }, 'Event'),
        h('th', { scope: 'col', class: 'wide' }, 'Endpoint'),
        h('th', { scope: 'col', class: 'wide' }, 'Last answer'),
        h('th', { scope: 'col', class: 'wide number' }, 'Attempts'),
        h('th', { scope: 'col' }, 'Status'),
        h('th', { scope: 'col', class: 'wide' }, 'Recorded'),
      ),
    ),
    h('tbody', {}, deliveries.map(row)),
  );
}

function row(delivery) {
  const current = state.route.id === delivery.id;
  const last = delivery.attempts.at(-1);
  return h(
    'tr',
    { 'data-key': delivery.id, class: current ? 'current' : null },
    h(
      'td',
      { class: 'main' },
      h(
        'a',
        {
          href: hrefTo('deliveries', delivery.id, state.route.query),
          class: 'row-link',
          'aria-current': current ? 'true' : null,
        },
        h('code', { class: 'strong' }, delivery.type),
      ),
      h(
        'span',
        { class: 'second narrow' },
        `${when(delivery.created_at)} · ${count(delivery.attempts.length, 'attempt')}`,
      ),
    ),
    h('td', { class: 'wide path' }, shortUrl(delivery.url)),
    h('td', { class: 'wide' }, last ? answerOf(last) : h('span', { class: 'none' }, delivery.note ?? 'not sent yet')),
    h('td', { class: 'wide number' }, delivery.attempts.length),
    h('td', {}, statusBadge(delivery.status)),
    h('td', { class: 'wide time' }, when(delivery.created_at)),
  );
}

function answerOf(attempt) {
  return `${attempt.status ?? attempt.error ?? 'no response'} in ${duration(attempt.duration_ms)}`;
}

function shortUrl(url) {
  const parsed = URL.parse(url);
  return parsed === null ? url : `${parsed.host}${parsed.pathname}${parsed.search}`;
}
