import { act } from './act.js';
import { request } from './api.js';
import { confirm } from './dialog.js';
import { h } from './dom.js';
import { count, sentence, words } from './format.js';
import { load } from './load.js';
import { badge, button, faultOf, field, heading, problem } from './parts.js';
import { state } from './state.js';

const SIDES = [
  ['webhook', 'Webhooks', 'Faults of the delivery of webhooks.'],
  [
    'backend_api',
    'Backend API',
    'Faults of Clerk’s APIs under /v1, for servers and browsers. They do not affect this page.',
  ],
  ['frontend_api', 'Browsers', 'Faults of Clerk’s packages for browsers.'],
];

/** Options of settings that have only a few values. */
const CHOICES = {
  alteration: ['letter', 'whitespace', 'truncate'],
  then: ['close', 'answer'],
  status: [500, 502, 503, 504],
};

/** Every kind of fault as a switch, with its probability and its limit. */
export function faultsView() {
  const { kinds, rules, seed, error } = state.faults;
  const on = rules.filter((rule) => rule.enabled).length;
  return h(
    'section',
    { class: 'view', 'data-key': 'faults', 'aria-labelledby': 'faults-heading' },
    h(
      'div',
      { class: 'title' },
      heading(2, 'faults-heading', 'Faults'),
      badge(on === 0 ? 'All off' : `${on} on`, on === 0 ? 'plain' : 'accent'),
      rules.length === 0 ? null : button('Remove all', removeAll, { kind: 'danger-quiet', busyKey: 'remove-faults' }),
    ),
    h(
      'p',
      { class: 'lead' },
      'Switch on the faults that your code must handle. The same seed and the same requests give the same faults.',
    ),
    error ? h('p', { class: 'problem', role: 'alert' }, error.message) : null,
    kinds === null ? (error ? null : h('p', { class: 'waiting' }, 'Loading…')) : [seedForm(seed), SIDES.map(side)],
  );
}

function side([name, title, text]) {
  const { kinds, rules } = state.faults;
  const id = `side-${name}`;
  return h(
    'section',
    { class: 'part', 'data-key': id, 'aria-labelledby': id },
    heading(3, id, title),
    h('p', { class: 'hint' }, text),
    h(
      'ul',
      { class: 'faults', 'aria-labelledby': id },
      kinds
        .filter((kind) => kind.side === name)
        .flatMap((kind) => {
          const own = rules.filter((rule) => rule.kind === kind.kind);
          return own.length === 0 ? [item(kind, null, true)] : own.map((rule, i) => item(kind, rule, i === 0));
        }),
    ),
  );
}

function item(kind, rule, first) {
  // The first rule of a kind takes over the id of the switch that created it, so that the switch keeps the focus.
  const id = first ? `fault-${kind.kind}` : `fault-${rule.id}`;
  const key = `fault ${id}`;
  const on = rule?.enabled ?? false;
  const flip = () =>
    act(
      `${key} switch`,
      async () => {
        if (rule === null) await request('POST', '/emulator/faults', { kind: kind.kind });
        else await request('PATCH', `/emulator/faults/${rule.id}`, { enabled: !on });
        await load('faults');
      },
      { say: `${words(kind.kind)} is ${on ? 'off' : 'on'}.`, once: true },
    );
  return h(
    'li',
    { class: `fault-rule${on ? ' on' : ''}`, 'data-key': id },
    h(
      'div',
      { class: 'fault-head' },
      h(
        'button',
        {
          type: 'button',
          role: 'switch',
          class: 'switch',
          id,
          'aria-checked': String(on),
          'aria-labelledby': `${id}-name`,
          'aria-describedby': `${id}-summary`,
          onclick: flip,
        },
        h('span', { class: 'knob', 'aria-hidden': 'true' }),
        h('span', { class: 'switch-text', 'aria-hidden': 'true' }, on ? 'On' : 'Off'),
      ),
      h(
        'div',
        {},
        h('p', { class: 'strong', id: `${id}-name` }, words(kind.kind)),
        h('p', { class: 'second', id: `${id}-summary` }, `${sentence(kind.summary)}.`),
        rule === null ? null : narrowed(rule.match),
      ),
      rule === null || rule.considered === 0
        ? null
        : h('p', { class: 'struck' }, `Struck ${rule.applied} of ${count(rule.considered, 'chance')}`),
    ),
    rule === null ? null : settings(kind, rule, id, key),
    problem(key, ['probability', 'count']),
    problem(`${key} switch`),
  );
}

/** Shows the conditions of a rule; null for a rule without conditions, such as every rule that this page creates. */
function narrowed(match) {
  const parts = [...match.event_types, match.endpoint_id, match.user_id, ...match.methods, match.path].filter(Boolean);
  return parts.length === 0 ? null : h('p', { class: 'second' }, 'Only ', h('code', {}, parts.join(' ')));
}

function settings(kind, rule, id, key) {
  const save = (change) =>
    act(
      key,
      async () => {
        await request('PATCH', `/emulator/faults/${rule.id}`, change);
        await load('faults');
      },
      { say: 'Saved.' },
    );
  const remove = () =>
    act(
      key,
      async () => {
        await request('DELETE', `/emulator/faults/${rule.id}`);
        await load('faults');
      },
      { say: `${words(kind.kind)} was removed.`, fallback: '#faults-heading' },
    );
  return h(
    'div',
    { class: 'fault-settings', role: 'group', 'aria-label': `Settings of ${words(kind.kind)}` },
    field({
      id: `${id}-probability`,
      label: 'Probability, %',
      fault: faultOf(key, 'probability'),
      control: h('input', {
        type: 'number',
        min: '0',
        max: '100',
        step: 'any',
        inputmode: 'decimal',
        value: Math.round(rule.probability * 10_000) / 100,
        onchange: (event) => void save({ probability: Number(event.target.value) / 100 }),
      }),
    }),
    field({
      id: `${id}-count`,
      label: 'Maximum times',
      fault: faultOf(key, 'count'),
      control: h('input', {
        type: 'number',
        min: '0',
        placeholder: 'no limit',
        inputmode: 'numeric',
        value: rule.count ?? '',
        onchange: ({ target }) => void save({ count: target.value === '' ? null : Number(target.value) }),
      }),
    }),
    Object.entries(rule.params).map(([name, value]) => parameter(kind, id, name, value, save)),
    button('Remove', remove, { kind: 'danger-quiet small', describe: words(kind.kind) }),
  );
}

function parameter(kind, id, name, value, save) {
  const fallback = kind.params[name];
  const shape = typeof (value ?? fallback ?? 0);
  const set = (next) => void save({ params: { [name]: next } });
  if (shape === 'boolean') {
    return h(
      'label',
      { class: 'check' },
      h('input', { type: 'checkbox', checked: value, onchange: (event) => set(event.target.checked) }),
      ` ${words(name)}`,
    );
  }
  const numeric = shape === 'number';
  if (name in CHOICES) {
    const option = (choice) => h('option', { value: choice, selected: choice === value }, String(choice));
    return field({
      id: `${id}-${name}`,
      label: words(name),
      control: h(
        'select',
        { onchange: ({ target }) => set(numeric ? Number(target.value) : target.value) },
        CHOICES[name].map(option),
      ),
    });
  }
  return field({
    id: `${id}-${name}`,
    label: words(name),
    control: h('input', {
      type: numeric ? 'number' : 'text',
      value: value ?? '',
      placeholder: value === null ? 'all' : null,
      spellcheck: 'false',
      autocapitalize: 'none',
      autocomplete: 'off',
      onchange: ({ target }) => set(numeric ? (target.value === '' ? null : Number(target.value)) : target.value),
    }),
  });
}

function seedForm(seed) {
  const save = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const value = form.elements.namedItem('seed').value.trim();
    const done = await act(
      'seed',
      async () => {
        await request('PUT', '/emulator/faults/seed', { seed: value });
        await load('faults');
      },
      { say: 'Seed set; counts reset.' },
    );
    if (done) form.reset();
  };
  return h(
    'form',
    { class: 'add', onsubmit: save, novalidate: true, 'data-key': 'seed' },
    field({
      id: 'seed',
      label: 'Seed',
      fault: faultOf('seed', 'seed'),
      control: h('input', {
        name: 'seed',
        value: seed,
        autocomplete: 'off',
        spellcheck: 'false',
        autocapitalize: 'none',
      }),
    }),
    button('Set and reset counts', null, { busyKey: 'seed' }),
    problem('seed', ['seed']),
  );
}

function removeAll() {
  confirm({
    title: 'Remove all faults?',
    text: 'Removes every rule, including those created with the API.',
    verb: 'Remove all',
    key: 'remove-faults',
    say: 'All faults were removed.',
    work: async () => {
      await request('DELETE', '/emulator/faults');
      await load('faults');
    },
    then: '#faults-heading',
  });
}
