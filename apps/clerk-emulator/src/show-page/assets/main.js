/* global document, window */
import { codesView } from './codes.js';
import { deliveriesView } from './deliveries.js';
import { renderDialog } from './dialog.js';
import { focusOn, h, morph } from './dom.js';
import { endpointsView } from './endpoints.js';
import { faultsView } from './faults.js';
import { followChanges } from './live.js';
import { loadVisible } from './load.js';
import { currentRoute, hrefTo } from './route.js';
import { changed, onChanged, state } from './state.js';
import { usersView } from './users.js';

const SECTIONS = {
  users: { title: 'Users', view: usersView },
  codes: { title: 'Sign-ins', view: codesView },
  deliveries: { title: 'Deliveries', view: deliveriesView },
  faults: { title: 'Faults', view: faultsView },
  endpoints: { title: 'Endpoints', view: endpointsView },
};

function render() {
  const { section } = state.route;
  const { title, view } = SECTIONS[section] ?? SECTIONS.users;
  document.title = `${title} · Clerk emulator`;
  morph(document.getElementById('sections'), h('ul', {}, Object.entries(SECTIONS).map(link)));
  morph(document.getElementById('main'), view());
  morph(document.getElementById('about'), about());
  const connection = document.getElementById('connection');
  const text = state.connected ? 'Live' : 'Reconnecting…';
  if (connection.textContent !== text) connection.textContent = text;
  connection.classList.toggle('up', state.connected);
  renderDialog();
}

function link([name, { title }]) {
  const current = state.route.section === name;
  return h('li', {}, h('a', { href: hrefTo(name), 'aria-current': current ? 'page' : null }, title));
}

function about() {
  const { health } = state;
  if (health === null) return h('p', {}, 'A local stand-in for Clerk, for development and tests only.');
  return [
    h('p', {}, 'A local stand-in for Clerk, for development and tests only.'),
    h(
      'dl',
      {},
      h('div', {}, h('dt', {}, 'Instance'), h('dd', {}, h('code', {}, health.instance_id))),
      h('div', {}, h('dt', {}, 'Issuer'), h('dd', {}, h('code', {}, health.issuer))),
      h('div', {}, h('dt', {}, 'Publishable key'), h('dd', {}, h('code', {}, health.publishable_key))),
    ),
  ];
}

function follow() {
  if (window.location.hash !== '' && !window.location.hash.startsWith('#/')) return;
  const before = state.route;
  const route = currentRoute();
  if (!(route.section in SECTIONS)) route.section = 'users';
  state.route = route;
  const moved = before.section !== route.section || before.id !== route.id;
  if (moved && route.id !== null) window.scrollTo(0, 0);
  if (moved) state.problems.clear();
  changed();
  void loadVisible();
  // Moves the focus after the render, so that keyboard and screen reader users continue at the new content.
  if (moved) setTimeout(() => focusOn(route.id === null ? `#${route.section}-heading` : '#detail-heading'), 0);
}

onChanged(render);
document.getElementById('skip').addEventListener('click', (event) => {
  event.preventDefault();
  document.getElementById('main').focus();
});
state.route = currentRoute();
if (!(state.route.section in SECTIONS)) state.route.section = 'users';
window.addEventListener('hashchange', follow);
changed();
void loadVisible();
followChanges();
