import { type Schemas } from '@gatehouse/client';
import { type Versioned } from './changes';

/** What users own, by the kind of its live updates. */
export interface ResourceKinds {
  readonly item: Kind<Schemas['Item'], Schemas['ItemDraft'], Schemas['ItemPatch']>;
  readonly template: Kind<Schemas['Template'], Schemas['TemplateDraft'], Schemas['TemplatePatch']>;
  readonly 'assistant-session': Kind<
    Schemas['AssistantSession'],
    Schemas['AssistantSessionDraft'],
    Schemas['AssistantSessionPatch']
  >;
}

interface Kind<Entry extends Versioned, Draft, Patch> {
  readonly entry: Entry;
  readonly draft: Draft;
  readonly patch: Patch;
}

export type ResourceKind = keyof ResourceKinds;
export type EntryOf<K extends ResourceKind> = ResourceKinds[K]['entry'];
export type DraftOf<K extends ResourceKind> = ResourceKinds[K]['draft'];
export type PatchOf<K extends ResourceKind> = ResourceKinds[K]['patch'];

/** Path of each kind, and what a new entry has until the gateway has answered. */
export const resourceKinds = {
  item: { path: '/api/items', blank: { description: null } },
  template: {
    path: '/api/templates',
    blank: { description: null, language: null, tags: [], isPublic: false, isOwn: true },
  },
  'assistant-session': { path: '/api/sessions', blank: { status: 'active', settings: {} } },
} as const satisfies Record<ResourceKind, { readonly path: string; readonly blank: object }>;

/** Whether live updates of this kind belong to a list. */
export function isResourceKind(kind: string): kind is ResourceKind {
  return Object.hasOwn(resourceKinds, kind);
}
