import { type z } from 'zod';
import { assistantSessions } from './assistant-sessions';
import { items } from './items';
import { type Resource } from './resource';
import { maxSettingsBytes, maxSettingsDepth } from './session-settings';
import { templates } from './templates';

const faultsOf = (schema: z.ZodType, value: unknown) =>
  schema.safeParse(value).error?.issues.map(({ path, message, code }) => `${path.join('.')}: ${message || code}`) ?? [];

describe('a new resource', () => {
  it('gets the default of each field that it does not give', () => {
    expect(items.draft.parse({ title: ' Milk ' })).toEqual({ title: 'Milk', description: null });
    expect(assistantSessions.draft.parse({ name: 'a' })).toEqual({ name: 'a', status: 'active', settings: {} });
    expect(templates.draft.parse({ name: 'a', body: 'b', tags: ['x', ' x', 'y'] })).toEqual({
      ...{ name: 'a', description: null, language: null, body: 'b', tags: ['x', 'y'], isPublic: false },
    });
  });

  it.each([
    ['an unknown field', items.draft, { title: 'a', ownerId: 'b' }, /ownerId/],
    ['an id', items.draft, { title: 'a', id: '018f0000-0000-7000-8000-000000000001' }, /id/],
    ['a name of white space', items.draft, { title: ' \n' }, /^title/],
    ['a name that is too long', items.draft, { title: 'a'.repeat(201) }, /^title/],
    ['NUL', items.draft, { title: 'a\0' }, /^title.*stored/],
    ['a lone surrogate', items.draft, { title: 'a', description: '\ud83d' }, /^description.*stored/],
    ['a language that is none', templates.draft, { name: 'a', body: '', language: '<b>' }, /^language/],
    ['21 tags', templates.draft, { name: 'a', body: '', tags: Array.from({ length: 21 }, String) }, /^tags/],
    ['an unknown status', assistantSessions.draft, { name: 'a', status: 'deleted' }, /^status/],
    ['a temperature of 3', assistantSessions.draft, { name: 'a', settings: { temperature: 3 } }, /^settings.temp/],
  ])('is rejected with %s', (_, schema, value, fault) => {
    expect(faultsOf(schema, value)).toEqual([expect.stringMatching(fault)]);
  });
});

describe('settings', () => {
  const fault = (settings: unknown) => faultsOf(assistantSessions.draft, { name: 'a', settings })[0];
  const nested = (depth: number): unknown => (depth === 0 ? 1 : { in: nested(depth - 1) });

  it('keep free members of any JSON value', () => {
    const settings = { model: 'm', temperature: 0.5, tools: [{ name: 'search', on: true, limit: null }] };
    expect(assistantSessions.draft.parse({ name: 'a', settings }).settings).toEqual(settings);
  });

  it('are bounded in depth', () => {
    expect(fault(nested(maxSettingsDepth))).toBeUndefined();
    expect(fault(nested(maxSettingsDepth + 1))).toMatch(/nested deeper/);
  });

  it('are bounded in bytes', () => {
    const filled = (bytes: number) => ({ text: 'é'.repeat((bytes - '{"text":""}'.length) / 2) + 'x' });
    expect(fault(filled(maxSettingsBytes))).toBeUndefined();
    expect(fault(filled(maxSettingsBytes + 2))).toMatch(/bytes/);
  });

  it('hold no member named __proto__', () => {
    expect(fault(JSON.parse('{"a":{"__proto__":{"isAdmin":true}}}'))).toMatch(/__proto__/);
    const top = assistantSessions.draft.parse(JSON.parse('{"name":"a","settings":{"__proto__":{"isAdmin":true}}}'));
    expect(top.settings).toStrictEqual({});
  });

  it('hold no text that cannot be stored, at any depth', () => {
    expect(fault({ a: [{ b: 'x\0' }] })).toMatch(/stored/);
    expect(fault({ a: { 'x\0': 1 } })).toMatch(/stored/);
  });
});

it('a change holds only what it gives, without the defaults of a new resource', () => {
  expect(templates.patch.parse({})).toEqual({});
  expect(templates.patch.parse({ description: null })).toEqual({ description: null });
});

describe('a list', () => {
  it('is sorted by time and by name, both ways', () => {
    const sorts = ['createdAt', '-createdAt', 'updatedAt', '-updatedAt', 'title', '-title'];
    for (const sort of sorts) expect(faultsOf(items.query, { sort })).toEqual([]);
    expect(faultsOf(items.query, { sort: 'description' })).toHaveLength(1);
  });

  it('selects by the time of the last change only in that order', () => {
    const updatedSince = '2026-01-05T10:00:00Z';
    expect(faultsOf(items.query, { updatedSince })).toEqual([]);
    expect(faultsOf(items.query, { updatedSince, sort: '-updatedAt' })).toEqual([]);
    expect(faultsOf(items.query, { updatedSince, sort: 'title' })).toEqual([expect.stringMatching(/^sort: must be/)]);
  });

  it('rejects a filter of another resource', () => {
    expect(faultsOf(items.query, { status: 'active' })).toHaveLength(1);
    expect(faultsOf(assistantSessions.query, { status: 'active' })).toEqual([]);
  });
});

it('the subjects name the service and the kind', () => {
  const all: readonly Resource[] = [items, templates, assistantSessions];
  expect(all.flatMap(({ requests }) => requests.map(({ subject }) => subject)).sort()).toEqual(
    ['items', 'sessions', 'templates'].flatMap((kind) =>
      ['create', 'delete', 'get', 'list', 'update'].map((verb) => `user-data.${kind}.${verb}`),
    ),
  );
});
