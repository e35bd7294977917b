/** Colors of the badges of methods, with enough contrast to white text. */
const methodColors: Readonly<Record<string, string>> = {
  get: '#1766b3',
  post: '#1b7f4d',
  put: '#94560a',
  patch: '#0b7468',
  delete: '#c62828',
};

const badges = Object.entries(methodColors)
  .map(
    ([method, color]) =>
      `.swagger-ui .opblock.opblock-${method} .opblock-summary-method { background: ${color}; color: #fff; text-shadow: none; }`,
  )
  .join('\n');

/** Style of what the page adds to Swagger UI, and colors with more contrast than those of Swagger UI, in both schemes. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --text: #1f2430; --back: #ffffff; --line: #c9ced8; --link: #0b57d0; --code: #eef1f6;
  --go: #1b7f4d; --stop: #c62828; --note: #5b6270;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e6e9ef; --back: #1c2022; --line: #3b424d; --link: #8ab4f8; --code: #262b33;
    --go: #5fd39b; --stop: #ff8a80; --note: #b4bbc6;
  }
}
html, body { background: var(--back); }
body { margin: 0; color: var(--text); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
header, body > section { max-width: 1420px; margin: 0 auto; padding: 0 20px; box-sizing: border-box; }
details { margin: 0.75rem 0; }
h1 { font-size: 1.75rem; line-height: 1.25; }
h2 { font-size: 1.25rem; }
header a, noscript a { color: var(--link); }
#swagger-ui { overflow-wrap: break-word; }
dt { font-weight: 600; }
dd { margin: 0 0 0.5rem; }
body > section code { background: var(--code); border-radius: 4px; padding: 0.1em 0.35em; }
summary { cursor: pointer; font-weight: 600; padding: 0.25rem 0; min-height: 24px; }
details table { border-collapse: collapse; }
details th, details td { border-bottom: 1px solid var(--line); padding: 0.35rem 1rem 0.35rem 0; text-align: left; vertical-align: top; }
details th { font-weight: normal; white-space: nowrap; }
details thead th { font-weight: 600; }
a:focus-visible, summary:focus-visible, pre:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.swagger-ui .info { display: none; }
${badges}
.swagger-ui .opblock.opblock-deprecated { opacity: 1; }
.swagger-ui .opblock.opblock-deprecated .opblock-summary-method, html.dark-mode .swagger-ui .opblock.opblock-deprecated .opblock-summary .opblock-summary-method { background: #5f6673; color: #fff; text-shadow: none; }
.swagger-ui .examples-select__section-label, .swagger-ui .response .headers .header-col, .swagger-ui .response .headers .header-col p { color: var(--text); }
.swagger-ui .parameter__in, .swagger-ui .parameter__deprecated { color: var(--note); }
.swagger-ui .microlight span[style*="211, 99, 99"] { color: #ff9b9b !important; }
html.dark-mode .swagger-ui .opblock .opblock-section-header.opblock-section-header { background: #272d31; }
.swagger-ui .json-schema-2020-12-expand-deep-button, .swagger-ui .json-schema-2020-12__attribute--muted, .swagger-ui .json-schema-2020-12-keyword__value--secondary { color: var(--note); }
.swagger-ui .parameter__name.required::after, .swagger-ui .opblock-section-header .required, .swagger-ui .opblock-section-request-body small.required { color: var(--stop); }
.swagger-ui .btn.authorize { color: var(--go); border-color: var(--go); }
.swagger-ui .btn.authorize svg { fill: var(--go); }
.swagger-ui .opblock .renderedMarkdown p code { background: var(--code); color: var(--text); }
.swagger-ui .btn.cancel, html.dark-mode .swagger-ui .btn.cancel { color: var(--stop); border-color: var(--stop); }
.swagger-ui .btn.execute { background: #1766b3; border-color: #1766b3; color: #fff; }
`;
