import { type Schemas } from '@gatehouse/client';
import { NONE, count, time } from '../output/format';
import { type Column } from '../output/table';
import { type Session } from '../session';
import { conflictColumns } from './conflict-columns';

const columns: readonly Column<Schemas['UserExplanation']['steps'][number]>[] = [
  { title: 'AT (UTC)', text: ({ at }) => time(at) },
  { title: 'SOURCE', text: ({ source }) => source },
  { title: 'EVENT', text: ({ eventType }) => eventType },
  { title: 'DECISION', text: ({ decision }) => decision },
  { title: 'WHY', text: ({ reason }) => reason },
];

/** Tells the story of a user: what was seen at Clerk, what was decided, and why. */
export async function explainUser({ gatehouse, output }: Session, id: string): Promise<void> {
  const { data } = await gatehouse.GET('/admin/users/{id}/explain', {
    params: { path: { id }, query: { limit: 100 } },
  });
  const { atClerk } = data;
  const standing =
    atClerk && ['banned', 'locked', 'deprovisioned'].filter((name) => atClerk[name as 'banned']).join(', ');
  output.record(data, [
    ['User', data.userId ?? NONE],
    ['Clerk id', data.clerkUserId ?? NONE],
    ['State', data.state],
    ['Version', count(data.version)],
    ['At Clerk', standing === null ? NONE : standing || 'in order'],
    ['Deleted', time(data.deletedAt)],
    [
      'Last seen by a run',
      data.lastSighting === null ? NONE : `${time(data.lastSighting.at)}, ${data.lastSighting.decision}`,
    ],
    [
      'Write-back',
      data.writeBack === null ? NONE : `${data.writeBack.state} ${data.writeBack.error?.code ?? ''}`.trim(),
    ],
    ['Conflicts', count(data.conflicts.filter(({ resolvedAt }) => resolvedAt === null).length)],
    ['Metadata at Clerk', data.metadata?.map(({ key, state }) => `${key} ${state}`).join(', ') || NONE],
  ]);
  if (output.json) return;
  const open = data.conflicts.filter(({ resolvedAt }) => resolvedAt === null);
  if (open.length > 0) {
    output.line();
    await output.entries(open, conflictColumns, '');
  }
  output.line();
  await output.entries(data.steps, columns, 'Nothing was observed of this user yet.');
}
