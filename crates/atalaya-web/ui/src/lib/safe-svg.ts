// A drawing of the program as elements of the page. It comes from our own server, and is rebuilt all
// the same from a short list of what a drawing may hold: no script, no handler, no link, no style sheet.

const SVG = 'http://www.w3.org/2000/svg';

const ELEMENTS = new Set(['svg', 'g', 'path', 'line', 'rect', 'circle', 'ellipse', 'polygon', 'polyline', 'text', 'tspan', 'title', 'desc', 'defs', 'pattern', 'clipPath']);

const ATTRIBUTES = new Set([
  'viewBox', 'width', 'height', 'x', 'y', 'x1', 'x2', 'y1', 'y2', 'dx', 'dy', 'cx', 'cy', 'r', 'rx', 'ry', 'd', 'points', 'transform',
  'fill', 'fill-opacity', 'fill-rule', 'stroke', 'stroke-width', 'stroke-opacity', 'stroke-dasharray', 'stroke-linecap', 'stroke-linejoin', 'stroke-miterlimit', 'opacity', 'clip-path', 'clip-rule', 'paint-order', 'overflow', 'vector-effect', 'shape-rendering', 'pointer-events',
  'font-family', 'font-size', 'font-weight', 'font-style', 'text-anchor', 'dominant-baseline', 'letter-spacing', 'textLength', 'lengthAdjust',
  'patternUnits', 'patternTransform', 'clipPathUnits', 'preserveAspectRatio', 'id', 'class', 'lang', 'role', 'aria-label', 'aria-hidden',
]);

const DEEPEST = 32;
const MOST = 60_000;

export function mayStand(element: string): boolean {
  return ELEMENTS.has(element);
}

/** Whether an attribute may stay: one of the list or `data-…`, and no address but one inside the drawing. */
export function mayHave(name: string, value: string): boolean {
  if (!ATTRIBUTES.has(name) && !/^data-[a-z-]+$/.test(name)) return false;
  if (name.startsWith('data-') || name === 'aria-label') return true;
  // Escapes could spell `url(` another way.
  if (/[\\]|javascript:|data:|expression\s*\(/i.test(value)) return false;
  return !/url\s*\(/i.test(value) || /^url\(#[\w-]+\)$/.test(value.trim());
}

/** The drawing, rebuilt; `null` where it is no drawing. */
export function safeSvg(text: string): SVGSVGElement | null {
  const read = new DOMParser().parseFromString(text, 'image/svg+xml');
  const root = read.documentElement;
  if (root.localName !== 'svg' || root.namespaceURI !== SVG || read.querySelector('parsererror')) return null;
  let left = MOST;
  const rebuild = (from: Element, depth: number): SVGElement | null => {
    if (from.namespaceURI !== SVG || !mayStand(from.localName) || depth > DEEPEST || left-- <= 0) return null;
    const to = document.createElementNS(SVG, from.localName) as SVGElement;
    for (const { name, value, namespaceURI } of from.attributes) {
      if (namespaceURI === null && mayHave(name, value)) to.setAttribute(name, value);
    }
    for (const child of from.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) to.append(child.nodeValue ?? '');
      else if (child.nodeType === Node.ELEMENT_NODE) {
        const safe = rebuild(child as Element, depth + 1);
        if (safe) to.append(safe);
      }
    }
    return to;
  };
  return rebuild(root, 0) as SVGSVGElement | null;
}
