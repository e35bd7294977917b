/** By the segment before an id in a path: what the id names. */
const nouns: Readonly<Record<string, string>> = {
  keys: 'API key',
  items: 'item',
  templates: 'template',
  sessions: 'assistant session',
  'auth-sessions': 'session',
  reservations: 'reservation',
  redrives: 'redrive',
  import: 'import',
  reconcile: 'reconcile run',
  'metadata-collisions': 'metadata collision',
};

/** Descriptions by the name of a parameter, for those whose schema has none. */
const texts: Readonly<Record<string, string>> = {
  role: 'Only users with this role.',
  tier: 'Only users of this tier.',
  status: 'Only events with this status.',
  type: 'Only events of this type, such as `user.updated`.',
  state: 'Only those in this state.',
  kind: 'The kind.',
  action: 'Only entries about this action.',
  outcome: 'Only entries with this outcome.',
  reversal: 'Only rows with this reversal.',
  limit: 'Most entries of the list.',
  hours: 'Length of the period before now.',
  key: 'Path below `publicMetadata`, such as `role`.',
};

/** Describes a parameter by its path and name; undefined for one that needs a description of its own. */
export function describeParameter(path: string, name: string): string | undefined {
  const segments = path.split('/');
  const noun = nouns[segments[segments.indexOf(`{${name}}`) - 1] ?? ''];
  if (path.includes('/webhook-events/{id}') && name === 'id') return 'Id of the event, or its webhook id (`msg_…`).';
  return noun === undefined ? texts[name] : `Id of the ${noun}.`;
}
