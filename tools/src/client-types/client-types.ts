import { readFileSync } from 'node:fs';
import openapiTypes, { type OpenAPI3, astToString } from 'openapi-typescript';

const HEADER = '// Generated from the OpenAPI document of the gateway by `npm run client:types`.\n\n';

/** The files of libs/client/src/generated, by name. */
export type GeneratedFiles = Readonly<Record<'api.ts' | 'keyed-posts.ts', string>>;

interface Document {
  readonly paths: Readonly<Record<string, { readonly post?: { readonly parameters?: readonly { name?: string }[] } }>>;
}

/** Generates what @gatehouse/client knows of the OpenAPI document: its types, and the routes that take a key. */
export async function clientTypes(documentFile: string): Promise<GeneratedFiles> {
  const document = JSON.parse(readFileSync(documentFile, 'utf8')) as Document;
  const types = await openapiTypes(document as unknown as OpenAPI3, { defaultNonNullable: false });
  const keyed = Object.entries(document.paths)
    .filter(([, { post }]) => post?.parameters?.some(({ name }) => name === 'Idempotency-Key'))
    .map(([path]) => path);
  return {
    'api.ts': `${HEADER}${astToString(types)}`,
    'keyed-posts.ts': `${HEADER}/** Paths whose POST takes an \`Idempotency-Key\`. Others reject it. */\nexport const keyedPosts: readonly string[] = ${JSON.stringify(keyed.sort(), undefined, 2)};\n`,
  };
}
