import { readSubprotocols, selectSubprotocol } from './subprotocols';

it.each([
  ['nothing', undefined, { forUpstream: [], tokens: [], offersOwn: false }],
  ['names for the upstream', 'chat, v2.chat', { forUpstream: ['chat', 'v2.chat'], tokens: [], offersOwn: false }],
  ['a token beside ours', 'gatehouse, gatehouse.bearer.a.b.c', { forUpstream: [], tokens: ['a.b.c'], offersOwn: true }],
  ['a token between others', 'a,gatehouse.bearer.x ,b', { forUpstream: ['a', 'b'], tokens: ['x'], offersOwn: false }],
  ['two tokens', 'gatehouse.bearer.x,gatehouse.bearer.y', { forUpstream: [], tokens: ['x', 'y'], offersOwn: false }],
  [
    'names that resemble ours',
    'gatehouse.v2, Gatehouse',
    { forUpstream: ['gatehouse.v2', 'Gatehouse'], tokens: [], offersOwn: false },
  ],
])('reads %s', (_what, header, offered) => {
  expect(readSubprotocols(header)).toEqual(offered);
});

it.each([
  ['the one that the upstream selects', 'chat', 'gatehouse, chat', 'chat'],
  ['ours if the upstream selects none', undefined, 'gatehouse, gatehouse.bearer.x', 'gatehouse'],
  ['none that the client does not offer', undefined, 'gatehouse.bearer.x', undefined],
])('selects %s', (_what, selected, header, expected) => {
  expect(selectSubprotocol(selected, readSubprotocols(header))).toBe(expected);
});
