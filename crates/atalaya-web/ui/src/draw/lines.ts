// The line chart: every line by itself, bands from low to high, hollow points where provisional.

import * as Plot from '@observablehq/plot';
import type { Line, Point } from '../lib/series';
import type { Ink } from './ink';
import { nested, type Piece } from './plate';
import { element, paragraph, wrapped } from './svg';

export interface Named extends Line {
  name: string;
  colour: string;
  /** Whether a later line runs along this one: then it has a halo, so that both are seen. */
  under: boolean;
}

export interface LineWords {
  axis: (value: number) => string;
  /** What a point says when pointed at. */
  tip: (line: Named, point: Point) => string;
}

/** A point of a line; alone, it shows its range as a bar, since a band needs a neighbour. */
type Mark = Point & { line: Named; alone: boolean };
const ENDS = 190;

/** Years of the axis: round steps, as many as fit. */
export function years(from: number, to: number, room: number): number[] {
  const [first, last] = [Math.ceil(from), Math.floor(to)];
  const least = (last - first) / Math.max(1, room / 56);
  const step = [1, 2, 5, 10, 20, 50].find((one) => one >= least) ?? 100;
  const start = Math.ceil(first / step) * step;
  return Array.from({ length: Math.max(0, Math.floor((last - start) / step) + 1) }, (_, i) => start + i * step);
}

/** The pieces of the chart: a key where there is no room at the line ends, and the drawing. */
export function lineChart(lines: Named[], width: number, ink: Ink, words: LineWords): Piece[] {
  const wide = width >= 640;
  const marks: Mark[] = lines.flatMap((line) => {
    const known = (i: number) => (line.points[i]?.value ?? null) !== null;
    return line.points.map((point, i) => ({ ...point, line, alone: point.low !== null && point.high !== null && !known(i - 1) && !known(i + 1) }));
  });
  const drawn = marks.filter((mark) => mark.value !== null);
  const ats = drawn.map((mark) => mark.at);
  const [from, to] = [Math.min(...ats), Math.max(...ats)];
  const names = lines.reduce((sum, line) => sum + endHeight(line, ink), 0);
  const height = wide ? Math.max(420, names + 20) : 300;
  const svg = chart(marks, drawn, [from, to], { width, height, right: wide ? ENDS : 14 }, ink, words);
  const piece = nested(svg);
  return wide ? [{ node: element('g', {}, piece.node, ends(svg, lines, width, ink)), height: piece.height }] : [key(lines, width, ink), piece];
}

interface Box {
  width: number;
  height: number;
  right: number;
}

function chart(marks: Mark[], drawn: Mark[], [from, to]: [number, number], { width, height, right }: Box, ink: Ink, words: LineWords): SVGSVGElement {
  const marginLeft = 52;
  const position = { x: 'at', z: (mark: Mark) => mark.line.key };
  const colour = (mark: Mark) => mark.line.colour;
  const line = { ...position, y: (mark: Mark) => mark.value ?? NaN, stroke: colour, strokeLinejoin: 'round' as const };
  const pad = from === to ? 1 : 0;
  const options = {
    width,
    height,
    marginLeft,
    marginRight: right,
    marginTop: 14,
    marginBottom: 28,
    style: { fontSize: '12px', color: ink.muted, background: 'none', '--plot-background': ink.surface } as Record<string, string>,
    x: { domain: [from - pad, to + pad], label: null },
    y: { label: null, zero: true, nice: true },
    color: { type: 'identity' as const },
    marks: [
      Plot.gridY({ stroke: ink.line, strokeOpacity: 1, ticks: 6 }),
      Plot.axisY({ tickFormat: words.axis, tickSize: 0, label: null, ticks: 6 }),
      Plot.axisX(years(from - pad, to + pad, width - marginLeft - right), { tickFormat: String, label: null, tickSize: 4 }),
      Plot.ruleY([0], { stroke: ink.muted }),
      Plot.areaY(marks, { ...position, y1: (mark: Mark) => mark.low ?? NaN, y2: (mark: Mark) => mark.high ?? NaN, fill: colour, fillOpacity: 0.16 }),
      Plot.ruleX(drawn.filter((mark) => mark.alone), { x: 'at', y1: 'low', y2: 'high', stroke: colour, strokeOpacity: 0.5, strokeWidth: 2 }),
      Plot.lineY(marks.filter((mark) => mark.line.under), { ...line, strokeWidth: 9, strokeOpacity: 0.35 }),
      Plot.lineY(marks, { ...line, strokeWidth: 2.25 }),
      Plot.dot(drawn, {
        x: 'at',
        y: 'value',
        r: (mark: Mark) => (mark.provisional ? 4 : 2.75),
        fill: (mark: Mark) => (mark.provisional ? ink.surface : mark.line.colour),
        stroke: colour,
        strokeWidth: 1.75,
      }),
      Plot.tip(drawn, Plot.pointer({ x: 'at', y: 'value', title: (mark: Mark) => words.tip(mark.line, mark), fill: ink.surface, stroke: ink.line, fontSize: 13, lineWidth: 24, lineHeight: 1.35, textPadding: 10, className: 'tip' })),
    ],
    r: { type: 'identity' as const },
  };
  return Plot.plot(options) as unknown as SVGSVGElement;
}

/** Names at the ends of the lines, moved apart where they would touch. */
function ends(svg: SVGSVGElement, lines: Named[], width: number, ink: Ink): SVGGElement {
  const scale = (svg as unknown as Plot.Plot).scale('y');
  const labels = lines
    .map((line) => {
      const last = line.points.findLast((point) => point.value !== null);
      const height = endHeight(line, ink);
      return { line, height, y: Number(scale?.apply(last?.value ?? 0)) - height / 2 };
    })
    .sort((a, b) => a.y - b.y);
  let free = 0;
  for (const label of labels) {
    label.y = Math.max(label.y, free);
    free = label.y + label.height;
  }
  let floor = Number(svg.getAttribute('height')) - 30;
  for (const label of labels.toReversed()) {
    label.y = Math.min(label.y, floor - label.height);
    floor = label.y;
  }
  const written = labels.map(({ line, y }) => paragraph(endText(line, ink), width - ENDS + 12, y, endFace(ink), line.colour).node);
  return element('g', {}, ...written);
}

const endFace = (ink: Ink) => ({ size: 12.5, weight: 600, family: ink.font });
const endText = (line: Named, ink: Ink) => wrapped(line.name, ENDS - 12, endFace(ink));
const endHeight = (line: Named, ink: Ink) => endText(line, ink).length * 18 + 6;

function key(lines: Named[], width: number, ink: Ink): Piece {
  const face = { size: 12.5, weight: 600, family: ink.font };
  let y = 0;
  const rows = lines.flatMap((line) => {
    const { node, height } = paragraph(wrapped(line.name, width - 24, face), 24, y, face, line.colour);
    const dash = element('line', { x1: 0, x2: 16, y1: y + 9, y2: y + 9, stroke: line.colour, 'stroke-width': 3 });
    y += height + 3;
    return [dash, node];
  });
  return { node: element('g', {}, ...rows), height: y };
}
