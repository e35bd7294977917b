import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { generateDocument } from '../../src/generate-document';
import { type Document, breakingChanges } from './breaking-changes';

const root = join(__dirname, '../../../..');
const folder = join(root, 'apps/api-gateway/openapi');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

/** Changes that break clients and are meant to: the sentence of the test, and the reason. */
const accepted = JSON.parse(readFileSync(join(folder, 'accepted-changes.json'), 'utf8')) as Record<string, string>;

it('the document of the last release is kept', () => {
  // docs/contributing/release.md says how.
  expect(readdirSync(folder).sort()).toEqual(['accepted-changes.json', `v${version}.json`]);
});

it('clients of the last release keep working, except where openapi/accepted-changes.json says why not', async () => {
  const released = JSON.parse(readFileSync(join(folder, `v${version}.json`), 'utf8')) as Document;
  const changes = breakingChanges(released, await generateDocument());
  expect(changes.filter((change) => !(change in accepted))).toEqual([]);
  expect(Object.keys(accepted).filter((change) => !changes.includes(change))).toEqual([]);
});
