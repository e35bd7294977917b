import { randomUUID } from 'node:crypto';
import { eventually } from '@gatehouse/testing';
import { type People } from '../isolation/people';

const PATH = '/admin/users/import';

/** Ids of imports, by what an operation may do with them next. */
export interface ImportIds {
  /** Has 11 bytes of a CSV file. */
  readonly uploading: string;
  readonly discarded: string;
  readonly planned: string;
  readonly applied: string;
}

/** Makes imports in every state. */
export async function makeImports(people: People): Promise<ImportIds> {
  const upload = async (body: string, complete: boolean) => {
    const headers = { 'content-type': 'text/csv', 'upload-complete': complete ? '?1' : '?0' };
    return (await people.call('POST', { path: PATH, body, headers }, await people.asAdmin())).id as string;
  };
  const reaches = (id: string, state: string) =>
    eventually(async () => {
      const found = await people.call('GET', { path: `${PATH}/${id}` }, await people.asAdmin());
      return found.state === state;
    });
  const plan = async () => {
    const rows = [1, 2].map(() => `${randomUUID()},${randomUUID()}@example.com`);
    const id = await upload(['externalId,email', ...rows, ''].join('\n'), true);
    await reaches(id, 'needs_approval');
    return id;
  };
  const applied = await plan();
  await people.call('POST', { path: `${PATH}/${applied}/approve` }, await people.asAdmin());
  await reaches(applied, 'done');
  return {
    uploading: await upload('externalId\n', false),
    discarded: await upload('externalId\n', false),
    planned: await plan(),
    applied,
  };
}
