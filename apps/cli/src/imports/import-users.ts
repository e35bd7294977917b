import { type Schemas } from '@gatehouse/client';
import { isInteractive } from '../io';
import { count, counts } from '../output/format';
import { type Session } from '../session';
import { uploadFile } from './upload-file';
import { showImport, watchImport } from './watch-import';

/** How users are imported. */
export interface ImportOptions {
  readonly continue?: string | undefined;
  readonly dryRun?: true | undefined;
  readonly yes?: true | undefined;
}

/** Uploads a file and shows its plan. Applies it after a person has confirmed, or with `--yes`. */
export async function importUsers(session: Session, path: string, options: ImportOptions): Promise<void> {
  const { id } = await uploadFile(session, path, options.continue);
  const plan = await watchImport(session, id);
  const canAsk = isInteractive(session.io) && session.connection.credential.kind !== 'apiKey';
  const stops = options.dryRun === true || (options.yes !== true && !canAsk);
  if (plan.state !== 'needs_approval' || stops || changesOf(plan) === 0) return showImport(session, plan);
  await approveImport(session, plan, options);
}

/** Applies a plan after a person has confirmed it, and shows the progress. */
export async function approveImport(
  session: Session,
  { id, plan }: Schemas['UserImport'],
  options: { readonly yes?: true | undefined },
): Promise<void> {
  session.output.note(`The plan: ${counts(plan)}.`);
  await session.confirm(`Change ${count(changesOf({ plan }))} users?`, options);
  await session.gatehouse.POST('/admin/users/import/{id}/approve', { params: { path: { id } } });
  showImport(session, await watchImport(session, id));
}

function changesOf({ plan }: Pick<Schemas['UserImport'], 'plan'>): number {
  return ['create', 'link', 'update'].reduce((sum, action) => sum + (plan[action] ?? 0), 0);
}
