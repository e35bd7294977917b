import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { policyJsonSchema } from './policy-json-schema';

const published = join(__dirname, '../../../../../docs/reference/gate-policy.schema.json');

it('is published in the documentation: npm run --silent gate:check -- --schema', () => {
  expect(JSON.parse(readFileSync(published, 'utf8'))).toEqual(JSON.parse(JSON.stringify(policyJsonSchema())));
});
