/**
 * Makes Swagger UI accessible: names its controls and regions for screen readers, lets the keyboard scroll examples,
 * and makes a dialog of "Authorize". Runs after each change of the page, because React replaces elements.
 */
const accessScript = `const NAMES = [
    ['#servers', 'Server'],
    ['.operation-filter-input', 'Filter by tag'],
    ['.close-modal', 'Close'],
    ['select.content-type', 'Media type'],
    ['.examples-select-element', 'Example'],
    ['textarea.body-param__text', 'Request body'],
    ['.modal-btn[aria-label="Apply credentials"]', 'Authorize: apply credentials'],
    ['.modal-btn[aria-label="Remove authorization"]', 'Logout: remove authorization'],
  ];
  const nameOfParameter = (control) => control.closest('tr')?.dataset.paramName;
  const set = (element, name, value) => {
    if (value !== undefined && element.getAttribute(name) !== value) element.setAttribute(name, value);
  };
  const improve = () => {
    const all = (selector) => document.querySelectorAll('.swagger-ui ' + selector);
    for (const [selector, name] of NAMES) for (const control of all(selector)) set(control, 'aria-label', name);
    for (const control of all('.parameters :is(input, select, textarea)')) set(control, 'aria-label', nameOfParameter(control));
    for (const region of all('.scheme-container')) {
      set(region, 'role', 'region');
      set(region, 'aria-label', 'Server and authorization');
    }
    for (const region of all('.filter-container')) set(region, 'role', 'search');
    for (const example of all('pre.microlight')) set(example, 'tabindex', '0');
    for (const dialog of all('.modal-ux')) {
      if (dialog.getAttribute('role') === 'dialog') continue;
      for (const [name, value] of [['role', 'dialog'], ['aria-modal', 'true'], ['aria-label', 'Available authorizations']])
        set(dialog, name, value);
      // Swagger UI puts the focus into the last field, below the bearer token.
      dialog.querySelector('input')?.focus();
    }
  };
  let isDue = false;
  new MutationObserver(() => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      improve();
    });
  }).observe(document.getElementById('swagger-ui'), { childList: true, subtree: true });
  addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') document.querySelector('.swagger-ui .close-modal')?.click();
  });`;

/**
 * Script that starts Swagger UI. A separate file, because the Content-Security-Policy forbids inline scripts.
 *
 * - Keeps the bearer token over a reload in `sessionStorage`, which belongs to this tab alone. The option
 *   `persistAuthorization` is off: it would keep API keys too, in `localStorage`, for every tab and for ever.
 * - Does not offer to enter the session cookie, because scripts cannot send cookies. The browser sends its own.
 * - Shows the path of an operation as text: a link inside of the button that opens the operation is not accessible.
 * - The validator is off (`validatorUrl`), because it is a third-party server.
 * - The class `dark-mode` is Swagger UI's own.
 */
export const startScript = `(() => {
  const TOKEN = 'gatehouse.docs.token';
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const paint = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
  dark.addEventListener('change', paint);
  paint();
  ${accessScript}
  const ours = ({ React }) => ({
    wrapComponents: {
      DeepLink: (Original) => (props) =>
        props.path?.includes('/') ? React.createElement('span', null, props.text) : React.createElement(Original, props),
    },
    statePlugins: {
      auth: {
        wrapSelectors: {
          definitionsToAuthorize: (original) => (...given) => {
            const definitions = original(...given);
            return definitions?.filter((one) => !one.has('sessionCookie'));
          },
        },
        wrapActions: {
          authorize: (original) => (given) => {
            if (given.bearer) sessionStorage.setItem(TOKEN, given.bearer.value);
            return original(given);
          },
          logout: (original) => (names) => {
            if (names.includes('bearer')) sessionStorage.removeItem(TOKEN);
            return original(names);
          },
        },
      },
    },
  });
  window.ui = SwaggerUIBundle({
    url: 'docs/openapi.json',
    dom_id: '#swagger-ui',
    deepLinking: true,
    docExpansion: 'list',
    filter: true,
    validatorUrl: null,
    persistAuthorization: false,
    plugins: [ours],
    onComplete: () => {
      const token = sessionStorage.getItem(TOKEN);
      if (token) window.ui.preauthorizeApiKey('bearer', token);
    },
  });
})();
`;
