import { createRequire } from 'node:module';
import { join } from 'node:path';

const files: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/**
 * Returns path and media type of a file of Swagger UI, which @nestjs/swagger installs; undefined for a name not in
 * `files`.
 */
export function swaggerFile(name: string): { readonly path: string; readonly type: string } | undefined {
  const type = Object.hasOwn(files, name) ? files[name] : undefined;
  if (type === undefined) return undefined;
  const fromSwagger = createRequire(require.resolve('@nestjs/swagger'));
  const directory = (fromSwagger('swagger-ui-dist/absolute-path.js') as () => string)();
  return { path: join(directory, name), type };
}
