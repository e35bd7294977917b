const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** A text for an attribute or an element. */
function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character);
}

/**
 * Page of the Test Provider, on which a person says who signs in. Its form goes to Clerk's callback without a script.
 */
export function providerPage(state: string): string {
  const field = (name: string, label: string, attributes: string): string => `
        <div class="field">
          <label for="${name}">${label}</label>
          <input id="${name}" name="${name}" maxlength="200" ${attributes} />
        </div>`;
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>Test Provider</title>
    <link rel="icon" href="/page/icon.svg" />
    <link rel="stylesheet" href="/page/base.css" />
    <link rel="stylesheet" href="/page/controls.css" />
    <link rel="stylesheet" href="/page/provider.css" />
  </head>
  <body>
    <main class="provider">
      <h1>Test Provider</h1>
      <p class="lead">
        The Clerk emulator’s stand-in for Google, GitHub and others. Say who signs in: the same e-mail address is the same
        account, and counts as verified.
      </p>
      <form action="/v1/oauth_callback" method="get">
        <input type="hidden" name="state" value="${escaped(state)}" />${field(
          'email_address',
          'E-mail address',
          'type="email" required autofocus autocomplete="off" spellcheck="false"',
        )}${field('first_name', 'First name <span class="optional">optional</span>', 'autocomplete="off"')}${field(
          'last_name',
          'Last name <span class="optional">optional</span>',
          'autocomplete="off"',
        )}
        <div class="actions">
          <button class="button primary" type="submit">Continue</button>
          <a class="button" href="/v1/oauth_callback?state=${escaped(encodeURIComponent(state))}&amp;error=access_denied">Deny</a>
        </div>
      </form>
    </main>
  </body>
</html>
`;
}
