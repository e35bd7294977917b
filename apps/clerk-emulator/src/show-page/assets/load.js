import { request, withQuery } from './api.js';
import { announce } from './dom.js';
import { count } from './format.js';
import { changed, state } from './state.js';

/** By kind of data: the function that loads it into `state`. */
const loaders = {
  async users() {
    const { query, limit } = state.users;
    const answer = await request('GET', withQuery('/emulator/page/users', { query, limit: String(limit) }));
    Object.assign(state.users, { data: answer.data, total: answer.total_count, error: null });
  },
  async user(id) {
    const { user, sessions } = await request('GET', `/emulator/page/users/${encodeURIComponent(id)}`);
    state.user = { id, data: user, sessions, error: null };
  },
  async deliveries() {
    const { type, status, user_id } = state.route.query;
    const answer = await request('GET', withQuery('/emulator/deliveries', { type, status, user_id, limit: '100' }));
    tellOfNew(state.deliveries, answer.data, JSON.stringify(state.route.query));
    state.deliveries = { data: answer.data, error: null, query: JSON.stringify(state.route.query) };
  },
  async delivery(id) {
    const answer = await request('GET', `/emulator/deliveries/${encodeURIComponent(id)}`);
    state.delivery = { id, data: answer.data[0], error: null };
  },
  async faults() {
    const [kinds, rules] = await Promise.all([
      state.faults.kinds ?? request('GET', '/emulator/faults/kinds').then((answer) => answer.data),
      request('GET', '/emulator/faults'),
    ]);
    state.faults = { kinds, rules: rules.data, seed: rules.seed, error: null };
  },
  async codes() {
    const paths = ['/emulator/messages', '/emulator/attempts', '/emulator/browsers'];
    const [codes, attempts, browsers] = await Promise.all(paths.map((path) => request('GET', path)));
    state.codes = { data: codes.data, attempts: attempts.data, browsers: browsers.data, error: null };
  },
  async endpoints() {
    const answer = await request('GET', '/emulator/endpoints');
    state.endpoints = { data: answer.data, error: null };
  },
  async health() {
    state.health = await request('GET', '/emulator/health');
  },
};

/** Announces the number of new deliveries in the visible list. */
function tellOfNew(before, data, query) {
  if (before.data === null || before.query !== query) return;
  const known = new Set(before.data.map((delivery) => delivery.id));
  const fresh = data.filter((delivery) => !known.has(delivery.id)).length;
  if (fresh > 0) announce(`${count(fresh, 'new delivery', 'new deliveries')}.`);
}

const turns = new Map();

/**
 * Loads one kind of data. Only one load of a kind runs at a time, so that an older response never replaces newer data.
 * All calls during a load together cause one more load after it.
 */
export function load(what, id) {
  const running = turns.get(what);
  if (running) {
    running.again = id;
    running.repeat ??= running.done.then(() => load(what, running.again));
    return running.repeat;
  }
  const turn = { done: loadOnce(what, id).finally(() => turns.delete(what)) };
  turns.set(what, turn);
  return turn.done;
}

async function loadOnce(what, id) {
  try {
    await loaders[what](id);
  } catch (error) {
    if (what === 'user' || what === 'delivery') state[what] = { id, data: null, sessions: [], error };
    else if (what !== 'health') state[what].error = error;
  }
  changed();
}

/** Loads everything that is visible. */
export function loadVisible() {
  const { section, id } = state.route;
  const wanted = [load('health')];
  if (section === 'users') wanted.push(load('users'), id === null ? null : load('user', id));
  if (section === 'codes') wanted.push(load('codes'));
  if (section === 'deliveries') wanted.push(load('deliveries'), id === null ? null : load('delivery', id));
  if (section === 'faults') wanted.push(load('faults'));
  if (section === 'endpoints') wanted.push(load('endpoints'));
  return Promise.all(wanted);
}
