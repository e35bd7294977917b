import { STATUS_CODES } from 'node:http';
import { scopes } from '@gatehouse/contracts';
import { problemStatuses } from '../problems/problem-codes';

const scopeRows = Object.entries(scopes)
  .map(([scope, allows]) => row([`<code>${scope}</code>`, escape(allows)]))
  .join('\n');

const statuses = [...new Set(Object.values(problemStatuses))].sort((one, other) => one - other);
const codeRows = statuses
  .map((status) => {
    const codes = Object.entries(problemStatuses).flatMap(([code, its]) => (its === status ? [code] : []));
    const names = codes.map((code) => `<code>${code}</code>`).join(' ');
    return row([`${status} ${STATUS_CODES[status] ?? ''}`, names]);
  })
  .join('\n');

/**
 * HTML page of the API documentation: how to get a token, scopes and error codes, and Swagger UI. Its links are
 * relative, so that it works behind a path prefix.
 */
export const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Gatehouse API</title>
    <link rel="icon" href="docs/assets/favicon-32x32.png">
    <link rel="stylesheet" href="docs/assets/swagger-ui.css">
    <link rel="stylesheet" href="docs/assets/page.css">
  </head>
  <body>
    <header>
      <h1>Gatehouse API</h1>
      <p>Try every route here, or load the <a href="docs/openapi.json">OpenAPI document</a> into your own tools.</p>
    </header>
    <section aria-labelledby="token">
      <h2 id="token">Get a token</h2>
      <p>Choose <b>Authorize</b> below and paste one of these:</p>
      <dl>
        <dt>A Clerk session, for users</dt>
        <dd>In the console of a page where you are signed in: <code>await window.Clerk.session.getToken()</code>.
          It is valid for about a minute.</dd>
        <dt>A Gatehouse token, for local users</dt>
        <dd><code>POST /auth/login</code> with e-mail address and password returns it, if the operator has enabled it.</dd>
        <dt>An API key, for servers</dt>
        <dd><code>POST /api/keys</code> with a session creates one with the scopes that you name. Never put it into a page.</dd>
      </dl>
      <p>This tab keeps a token until you log out here or close the tab. It never keeps an API key. On your own machine,
        <code>npm start</code> prints commands that create a user and a token.</p>
    </section>
    <section aria-label="Scopes and error codes">
      <details>
        <summary>Scopes of API keys</summary>
        <p>Either side may be <code>*</code>: <code>items:*</code>, <code>*:read</code>, <code>*:*</code>. The gate policy may
          declare more; <code>GET /api/scopes</code> lists all.</p>
        <table>
          <thead><tr><th scope="col">Scope</th><th scope="col">Allows</th></tr></thead>
          <tbody>
${scopeRows}
          </tbody>
        </table>
      </details>
      <details>
        <summary>Error codes</summary>
        <p>An error is <code>application/problem+json</code>. Act on its <code>code</code>, and on the status for codes that
          you do not know. <code>errors</code> names each invalid field and its place.</p>
        <table>
          <thead><tr><th scope="col">Status</th><th scope="col">Codes</th></tr></thead>
          <tbody>
${codeRows}
          </tbody>
        </table>
      </details>
    </section>
    <div id="swagger-ui"></div>
    <noscript><p>The list of routes needs JavaScript. The <a href="docs/openapi.json">OpenAPI document</a> does not.</p></noscript>
    <script src="docs/assets/swagger-ui-bundle.js"></script>
    <script src="docs/assets/start.js"></script>
  </body>
</html>
`;

function row(cells: readonly string[]): string {
  const [first = '', ...rest] = cells;
  return `            <tr><th scope="row">${first}</th>${rest.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

function escape(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
