import { act } from './act.js';
import { request } from './api.js';
import { confirm } from './dialog.js';
import { h } from './dom.js';
import { count, when } from './format.js';
import { load } from './load.js';
import { badge, button, copyText, empty, faultOf, field, focusFirstFault, heading, problem } from './parts.js';
import { changed, state } from './state.js';

/** Maximum number of endpoints on the page; more would make it slow. */
const SHOWN = 200;

/** Secrets that are shown, by endpoint id. */
const shownSecrets = new Map();

/** The webhook endpoints. */
export function endpointsView() {
  const { data, error } = state.endpoints;
  return h(
    'section',
    { class: 'view', 'data-key': 'endpoints', 'aria-labelledby': 'endpoints-heading' },
    h('div', { class: 'title' }, heading(2, 'endpoints-heading', 'Endpoints')),
    h(
      'p',
      { class: 'lead' },
      'Each event is sent to every enabled endpoint that subscribes to its type, signed with the endpoint’s secret.',
    ),
    addForm(),
    error ? h('p', { class: 'problem', role: 'alert' }, error.message) : list(data),
  );
}

function list(data) {
  if (data === null) return h('p', { class: 'waiting' }, 'Loading…');
  if (data.length === 0) return empty('No endpoints', 'Add the URL of your webhook handler above to receive events.');
  const shown = data.slice(0, SHOWN);
  return [
    h('ul', { class: 'endpoints', 'data-key': 'list', 'aria-labelledby': 'endpoints-heading' }, shown.map(item)),
    shown.length < data.length
      ? h('p', { class: 'hint' }, `The first ${SHOWN} of ${count(data.length, 'endpoint')}; the control API lists all.`)
      : null,
  ];
}

function item(endpoint) {
  const key = `endpoint ${endpoint.id}`;
  const path = `/emulator/endpoints/${endpoint.id}`;
  const change = (body, say) => () =>
    act(
      key,
      async () => {
        await request('PATCH', path, body);
        await load('endpoints');
      },
      { say },
    );
  const secret = shownSecrets.get(endpoint.id);
  const small = (label, onclick, kind = 'quiet small') => button(label, onclick, { kind, describe: endpoint.url });
  return h(
    'li',
    { 'data-key': endpoint.id },
    h(
      'div',
      { class: 'identifier' },
      h('code', { class: 'value strong' }, endpoint.url),
      h(
        'span',
        { class: 'badges' },
        stateBadge(endpoint),
        endpoint.source === 'config' ? badge('From WEBHOOK_URLS') : null,
        endpoint.rotation_ends_at === null
          ? null
          : badge(`Two secrets until ${when(endpoint.rotation_ends_at)}`, 'accent'),
      ),
    ),
    h(
      'p',
      { class: 'second' },
      endpoint.event_types.length === 0 ? 'All events' : `Only ${endpoint.event_types.join(', ')}`,
      endpoint.failing_since === null ? null : ` · failing since ${when(endpoint.failing_since)}`,
    ),
    h(
      'div',
      { class: 'actions tight' },
      endpoint.enabled
        ? small('Disable', change({ enabled: false }, 'Endpoint disabled.'))
        : small('Enable', change({ enabled: true }, 'Endpoint enabled.'), 'small'),
      secret === undefined
        ? small('Show secret', () => void show(endpoint, key))
        : small('Hide secret', () => (shownSecrets.delete(endpoint.id), changed())),
      small('Rotate secret', () => rotate(endpoint)),
      small('Remove', () => remove(endpoint), 'danger-quiet small'),
    ),
    secret === undefined
      ? null
      : h(
          'p',
          { class: 'secret' },
          h('code', {}, secret),
          button('Copy', () => void copyText(secret, 'Secret copied.'), { kind: 'quiet small', describe: 'secret' }),
        ),
    problem(key),
  );
}

function stateBadge({ enabled, disabled_reason: reason }) {
  if (enabled) return badge('Enabled', 'good');
  return reason === 'failing' ? badge('Disabled: attempts failed', 'bad') : badge('Disabled', 'warn');
}

function show(endpoint, key) {
  return act(
    key,
    async () => {
      const { secret } = await request('GET', `/emulator/endpoints/${endpoint.id}/secret`);
      shownSecrets.set(endpoint.id, secret);
    },
    { say: 'Secret shown.' },
  );
}

function rotate(endpoint) {
  const key = `rotate ${endpoint.id}`;
  confirm({
    title: 'Rotate the secret?',
    text: 'A new secret signs from now on. The old one also signs for a day, so that both verify.',
    verb: 'Rotate',
    key,
    say: 'Secret rotated.',
    work: async () => {
      await request('POST', `/emulator/endpoints/${endpoint.id}/rotate-secret`, {});
      shownSecrets.delete(endpoint.id);
      await load('endpoints');
    },
  });
}

function remove(endpoint) {
  const key = `remove ${endpoint.id}`;
  confirm({
    title: 'Remove this endpoint?',
    text: `${endpoint.url} receives no more events, and its pending deliveries fail.`,
    verb: 'Remove',
    key,
    say: 'Endpoint removed.',
    work: async () => {
      await request('DELETE', `/emulator/endpoints/${endpoint.id}`);
      shownSecrets.delete(endpoint.id);
      await load('endpoints');
    },
    then: '#endpoints-heading',
  });
}

const KEY = 'add-endpoint';

function addForm() {
  const add = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const event_types = form.elements
      .namedItem('event_types')
      .value.split(/[\s,]+/)
      .filter(Boolean);
    const url = form.elements.namedItem('url').value.trim();
    const done = await act(
      KEY,
      async () => {
        await request('POST', '/emulator/endpoints', { url, event_types });
        await load('endpoints');
      },
      { say: 'Endpoint added.', once: true },
    );
    if (done) form.reset();
    else focusFirstFault(form);
  };
  return h(
    'form',
    { class: 'add', onsubmit: add, novalidate: true, 'data-key': 'add' },
    field({
      id: 'endpoint-url',
      label: 'URL',
      fault: faultOf(KEY, 'url'),
      control: h('input', {
        name: 'url',
        type: 'url',
        placeholder: 'http://127.0.0.1:8081/webhooks/clerk',
        spellcheck: 'false',
      }),
    }),
    field({
      id: 'endpoint-types',
      label: 'Event types',
      optional: true,
      fault: faultOf(KEY, 'event_types'),
      control: h('input', {
        name: 'event_types',
        placeholder: 'user.*, session.created',
        spellcheck: 'false',
        autocapitalize: 'none',
      }),
    }),
    button('Add endpoint', null, { kind: 'primary', busyKey: KEY }),
    problem(KEY, ['url', 'event_types']),
  );
}
