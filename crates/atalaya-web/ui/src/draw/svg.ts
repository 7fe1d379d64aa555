// The little SVG that charts share: elements, and text broken to a width.

const SPACE = 'http://www.w3.org/2000/svg';

type Attributes = Record<string, string | number>;

export function element<K extends keyof SVGElementTagNameMap>(name: K, attributes: Attributes = {}, ...children: (Node | string)[]): SVGElementTagNameMap[K] {
  const node = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  node.append(...children);
  return node;
}

export interface Face {
  size: number;
  weight?: number;
  family: string;
}

const canvas = document.createElement('canvas').getContext('2d');

export function widthOf(text: string, face: Face): number {
  if (!canvas) return text.length * face.size * 0.55;
  canvas.font = `${face.weight ?? 400} ${face.size}px ${face.family}`;
  return canvas.measureText(text).width;
}

/** The lines of a text no wider than `width`; a longer word stands alone. */
export function wrapped(text: string, width: number, face: Face): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last !== undefined && widthOf(longer, face) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Lines of text from the top edge `y` downwards, and the height they take. */
export function paragraph(lines: string[], x: number, y: number, face: Face, fill: string): { node: SVGTextElement; height: number } {
  const step = Math.round(face.size * 1.4);
  const spans = lines.map((line, i) => element('tspan', { x, y: y + step * i + Math.round(face.size * 1.05) }, line));
  const node = element('text', { 'font-size': face.size, 'font-weight': face.weight ?? 400, fill }, ...spans);
  return { node, height: step * lines.length };
}
