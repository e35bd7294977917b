import { createRequire } from 'node:module';
import { join } from 'node:path';

/** HTML page of Swagger UI. Its links are relative, so that it works behind a path prefix. */
export const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Gatehouse API</title>
    <link rel="icon" href="docs/assets/favicon-32x32.png">
    <link rel="stylesheet" href="docs/assets/swagger-ui.css">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="docs/assets/swagger-ui-bundle.js"></script>
    <script src="docs/assets/start.js"></script>
  </body>
</html>
`;

/**
 * Script that starts Swagger UI. A separate file, because the Content-Security-Policy forbids inline scripts. The
 * validator is off (`validatorUrl`), because it is a third-party server.
 */
export const startScript = `window.ui = SwaggerUIBundle({
  url: 'docs/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  validatorUrl: null,
});
`;

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
