// A figure that can be cut out and still say what it is: title, drawing, source line and label in one SVG.

import type { Ink } from './ink';
import { element, paragraph, widthOf, wrapped } from './svg';

export interface Words {
  title: string;
  subtitle: string;
  /** The source line, and what else must be said, one paragraph each. */
  foot: string[];
  /** TLP in its original form. */
  tlp: string;
  /** Set where a source is simulated. */
  mark: string;
}

export interface Piece {
  node: SVGElement;
  height: number;
}

const TLP: Record<string, string> = {
  'TLP:CLEAR': '#ffffff',
  'TLP:GREEN': '#33ff00',
  'TLP:AMBER': '#ffc000',
  'TLP:AMBER+STRICT': '#ffc000',
  'TLP:RED': '#ff2b2b',
};

/** Stacks title, pieces and source line; `width` is the width of everything. */
export function plate(words: Words, pieces: Piece[], width: number, ink: Ink): SVGSVGElement {
  const family = ink.font;
  const content: Node[] = [];
  let y = 0;
  const write = (text: string, size: number, weight: number, fill: string, room = width) => {
    const face = { size, weight, family };
    const { node, height } = paragraph(wrapped(text, room, face), 0, y, face, fill);
    content.push(node);
    y += height;
  };

  const narrow = width < 480;
  if (words.mark) write(words.mark, 12, 700, ink.held);
  write(words.title, narrow ? 17 : 20, 650, ink.ink);
  y += 2;
  if (words.subtitle) write(words.subtitle, narrow ? 13 : 14, 400, ink.muted);
  y += 12;
  for (const piece of pieces) {
    const place = element('g', { transform: `translate(0,${y})` }, piece.node);
    content.push(place);
    y += piece.height + 10;
  }
  content.push(element('line', { x1: 0, x2: width, y1: y + 0.5, y2: y + 0.5, stroke: ink.line }));
  y += 8;
  const stamp = tlp(words.tlp, width, y, family);
  words.foot.forEach((text, i) => write(text, 11.5, 400, ink.muted, i === 0 && !narrow ? width - stamp.width - 16 : width));
  if (narrow) {
    y += 6;
    stamp.node.setAttribute('transform', `translate(0,${y})`);
    y += 20;
  }
  if (words.tlp) content.push(stamp.node);
  const height = Math.ceil(y + 4);
  const label = `${words.title}. ${words.subtitle}`;
  const svg = element('svg', { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label, 'font-family': family }, ...content);
  svg.style.display = 'block';
  return svg;
}

function tlp(text: string, right: number, y: number, family: string): { node: SVGGElement; width: number } {
  const face = { size: 11.5, weight: 700, family };
  const width = Math.ceil(widthOf(text, face)) + 14;
  const box = element('rect', { width, height: 18, rx: 3, fill: '#000000' });
  const word = element('text', { x: 7, y: 13, 'font-size': face.size, 'font-weight': 700, fill: TLP[text] ?? '#ffffff' }, text);
  return { node: element('g', { transform: `translate(${right - width},${y})` }, box, word), width };
}

/** A drawing by Plot as a piece: its size fixed, since it now lies inside another. */
export function nested(svg: SVGSVGElement): Piece {
  const width = Number(svg.getAttribute('width'));
  const height = Number(svg.getAttribute('height'));
  svg.style.width = `${width}px`;
  svg.style.height = `${height}px`;
  svg.style.maxWidth = 'none';
  svg.style.overflow = 'visible';
  // An inner drawing feels the pointer only where something is painted: paint nothing, everywhere.
  svg.prepend(element('rect', { width, height, fill: 'none', 'pointer-events': 'all' }));
  return { node: svg, height };
}

/** The figure as a file of its own, on its background. */
export function file(svg: SVGSVGElement, surface: string): Blob {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const [width, height, margin] = [Number(svg.getAttribute('width')), Number(svg.getAttribute('height')), 20];
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('viewBox', `${-margin} ${-margin} ${width + 2 * margin} ${height + 2 * margin}`);
  copy.setAttribute('width', String(width + 2 * margin));
  copy.setAttribute('height', String(height + 2 * margin));
  copy.prepend(element('rect', { x: -margin, y: -margin, width: width + 2 * margin, height: height + 2 * margin, fill: surface }));
  return new Blob([new XMLSerializer().serializeToString(copy)], { type: 'image/svg+xml' });
}
