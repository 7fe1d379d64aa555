// The world by class: Equal Earth, so that areas keep their proportion; no data hatched, zero a colour of its own.

import * as Plot from '@observablehq/plot';
import type { FeatureCollection, Geometry } from 'geojson';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import topology from 'world-atlas/countries-110m.json';
import { classOf, type Classes } from '../lib/classes';
import { LETTERS } from '../lib/iso';
import type { Ink } from './ink';
import { spread } from './ink';
import { nested, type Piece } from './plate';
import { element, widthOf } from './svg';

export interface Country {
  /** Two letters; empty for land that has none. */
  code: string;
  name: string;
}

type Shapes = FeatureCollection<Geometry, { name: string }>;
const atlas = topology as unknown as Topology<{ countries: GeometryCollection<{ name: string }> }>;
const everything: Shapes = feature(atlas, atlas.objects.countries);
const ANTARCTICA = '010';
const shapes = everything.features.filter((shape) => shape.id !== ANTARCTICA);

/** The countries of the map, in the order of its paths. */
export const countries: Country[] = shapes.map((shape) => ({
  // Kosovo has no digits in ISO 3166-1; the map gives its name only.
  code: LETTERS.get(String(shape.id)) ?? (shape.properties.name === 'Kosovo' ? 'XK' : ''),
  name: shape.properties.name,
}));

type Corner = [number, number];
interface View {
  rotate: number;
  corners: [Corner, Corner] | null;
  ratio: number;
}

/** Parts of the world; each is turned to its own middle so that shapes stay true. */
export const VIEWS = {
  world: { rotate: -11, corners: null, ratio: 0.45 },
  americas: { rotate: 85, corners: [[-125, -54], [-38, 60]], ratio: 1.2 },
  andes: { rotate: 60, corners: [[-82, -55], [-34, 13]], ratio: 1.35 },
  europe: { rotate: -15, corners: [[-22, 35], [42, 70]], ratio: 0.8 },
  africa: { rotate: -18, corners: [[-18, -35], [52, 38]], ratio: 1.05 },
  asia: { rotate: -105, corners: [[45, -45], [168, 55]], ratio: 0.85 },
} as const satisfies Record<string, View>;
export type ViewName = keyof typeof VIEWS;

export interface MapWords {
  noData: string;
  zero: string;
  limit: (value: number) => string;
}

const HATCH = 'atalaya-no-data';

/** The key and the map. `value` is undefined where nothing is known. */
export function worldMap(value: (code: string) => number | undefined, classes: Classes, view: ViewName, width: number, ink: Ink, words: MapWords): Piece[] {
  const colours = spread(ink.heat, Math.max(1, classes.limits.length - 1));
  const fill = ({ code }: Country) => {
    const known = value(code);
    if (known === undefined) return `url(#${HATCH})`;
    return known > 0 ? (colours[classOf(known, classes)] ?? '') : ink.zero;
  };
  const { rotate, corners, ratio }: View = VIEWS[view];
  const height = Math.round(Math.min(width * ratio, 620));
  const frame = corners && ({ type: 'MultiPoint', coordinates: [corners[0], corners[1], [corners[0][0], corners[1][1]], [corners[1][0], corners[0][1]]] } as const);
  const across = Math.min(width, Math.round(height / ratio));
  const svg = Plot.plot({
    width: across,
    height,
    margin: 1,
    style: { background: 'none' },
    projection: { type: 'equal-earth', rotate: [rotate, 0], domain: frame ?? { type: 'FeatureCollection', features: shapes }, inset: 2 },
    color: { type: 'identity' },
    marks: [Plot.geo(shapes, { fill: (_: unknown, i: number) => fill(countries[i] ?? { code: '', name: '' }), stroke: ink.muted, strokeWidth: 0.5, clip: 'frame' })],
  }) as unknown as SVGSVGElement;
  const map = nested(svg);
  const middle = element('g', { transform: `translate(${Math.round((width - across) / 2)},0)` }, map.node);
  return [key(classes, colours, width, ink, words), { node: middle, height }];
}

/** The country under the pointer. */
export function pointed(target: EventTarget | null): Country | undefined {
  if (!(target instanceof SVGPathElement)) return undefined;
  // Plot ties every path to the position of its shape.
  const at = (target as SVGPathElement & { __data__?: unknown }).__data__;
  return typeof at === 'number' ? countries[at] : undefined;
}

function hatch(ink: Ink): SVGDefsElement {
  const ground = element('rect', { width: 6, height: 6, fill: ink.surface });
  const stripe = element('line', { x1: 0, y1: 0, x2: 0, y2: 6, stroke: ink.muted, 'stroke-width': 1.1, 'stroke-opacity': 0.4 });
  return element('defs', {}, element('pattern', { id: HATCH, width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' }, ground, stripe));
}

function key(classes: Classes, colours: string[], width: number, ink: Ink, words: MapWords): Piece {
  const face = { size: 12, family: ink.font };
  const swatch = (x: number, y: number, w: number, fill: string) => element('rect', { x, y, width: w, height: 13, fill, stroke: ink.muted, 'stroke-width': 0.5 });
  const word = (x: number, y: number, text: string, anchor: string) => element('text', { x, y, 'text-anchor': anchor, 'font-size': face.size, fill: ink.ink }, text);
  const nodes: SVGElement[] = [hatch(ink)];
  let x = 0;
  for (const [text, fill] of [[words.noData, `url(#${HATCH})`], [words.zero, ink.zero]] as const) {
    nodes.push(swatch(x, 1, 26, fill), word(x + 32, 12, text, 'start'));
    x += 32 + widthOf(text, face) + 22;
  }
  const count = classes.limits.length - 1;
  if (count < 1) return { node: element('g', {}, ...nodes), height: 20 };
  const wide = width - x - 24 >= count * 56;
  const step = Math.min(64, (width - (wide ? x + 24 : 30)) / count);
  const [left, top] = wide ? [x, 1] : [8, 26];
  colours.forEach((fill, i) => nodes.push(swatch(left + i * step, top, step, fill)));
  classes.limits.forEach((limit, i) => nodes.push(word(left + i * step, top + 27, words.limit(limit), i === 0 && left < 20 ? 'start' : 'middle')));
  return { node: element('g', {}, ...nodes), height: top + 34 };
}
