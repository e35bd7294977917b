import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Swagger UI's page. Its links are relative to `/docs`, so that it works behind a path prefix too. */
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

/** A file of its own, because inline scripts are not allowed; no validator, because that is somebody else's server. */
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

/** A file of Swagger UI as @nestjs/swagger brings it; undefined for any other name. */
export function swaggerFile(name: string): { readonly path: string; readonly type: string } | undefined {
  const type = Object.hasOwn(files, name) ? files[name] : undefined;
  if (type === undefined) return undefined;
  const fromSwagger = createRequire(require.resolve('@nestjs/swagger'));
  const directory = (fromSwagger('swagger-ui-dist/absolute-path.js') as () => string)();
  return { path: join(directory, name), type };
}
