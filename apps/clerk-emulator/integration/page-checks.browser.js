/* global document, getComputedStyle, NodeFilter */
// Runs inside the page; returns a sentence for each accessibility fault.
(() => {
  const faults = [];
  const visible = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const name = (element) => `<${element.localName} id="${element.id}" class="${element.className}">`;

  for (const landmark of ['body > header', 'nav[aria-label]', 'main', 'body > footer']) {
    if (document.querySelectorAll(landmark).length !== 1) faults.push(`not exactly one ${landmark}`);
  }
  if (document.querySelectorAll('h1').length !== 1) faults.push('not exactly one h1');
  let level = 0;
  for (const heading of document.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
    if (!visible(heading) || heading.closest('dialog')) continue;
    const own = Number(heading.localName[1]);
    if (own > level + 1) faults.push(`heading level ${own} after ${level}: ${heading.textContent}`);
    level = own;
  }

  const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
  for (const id of new Set(ids.filter((each, index) => ids.indexOf(each) !== index))) faults.push(`id ${id} twice`);
  for (const attribute of ['for', 'aria-labelledby', 'aria-describedby', 'list']) {
    for (const element of document.querySelectorAll(`[${attribute}]`)) {
      for (const id of element.getAttribute(attribute).split(' ')) {
        if (!document.getElementById(id)) faults.push(`${attribute} of ${name(element)} names no element: ${id}`);
      }
    }
  }

  for (const element of document.querySelectorAll('button, input, select, textarea, summary')) {
    if (!visible(element)) continue;
    const { width, height } = element.getBoundingClientRect();
    const size = element.type === 'checkbox' ? element.closest('label').getBoundingClientRect().height : height;
    if (width < 17 || size < 24) faults.push(`${name(element)} is smaller than 24 px`);
  }

  const rgb = (color) => color.match(/[\d.]+/g).map(Number);
  const luminance = (color) => {
    const [r, g, b] = rgb(color).map((part) =>
      part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const backgroundOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if ((rgb(color)[3] ?? 1) === 1) return color;
    }
    return 'rgb(255, 255, 255)';
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.nodeValue.trim();
    const element = walker.currentNode.parentElement;
    if (text === '' || !visible(element) || element.closest('noscript, .visually-hidden, .skip')) continue;
    const [a, b] = [luminance(getComputedStyle(element).color), luminance(backgroundOf(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faults.push(`contrast ${ratio.toFixed(2)} of "${text.slice(0, 40)}" in ${name(element)}`);
  }

  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) faults.push(`${scrollWidth - clientWidth} px wider than the window`);
  return faults;
})();
