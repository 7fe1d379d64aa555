// A small line chart as paths: years to the right, values from zero up, gaps left open.

export interface SparkPoint {
  at: number;
  value: number | null;
  low: number | null;
  high: number | null;
}

export interface Drawn {
  line: string;
  band: string;
  /** Points with nothing on either side: no line would show them. */
  alone: [number, number][];
  last: [number, number] | null;
  zero: number | null;
}

const EDGE = 5;
const round = (value: number) => Math.round(value * 10) / 10;

/** Runs of points a year apart. */
function runs(points: SparkPoint[]): SparkPoint[][] {
  const out: SparkPoint[][] = [];
  for (const point of points) {
    const run = out.at(-1);
    const before = run?.at(-1);
    if (run && before && point.at - before.at <= 1.01) run.push(point);
    else out.push([point]);
  }
  return out;
}

/** The paths in a box of this size. The axis of values begins at zero, so that lengths compare. */
export function scaled(points: SparkPoint[], width: number, height: number): Drawn {
  const known = points.filter((point) => point.value !== null).toSorted((a, b) => a.at - b.at);
  const first = known[0];
  const last = known.at(-1);
  if (!first || !last) return { line: '', band: '', alone: [], last: null, zero: null };
  const values = known.flatMap(({ value, low, high }) => [value, low, high].filter((one) => one !== null));
  const top = Math.max(0, ...values);
  const bottom = Math.min(0, ...values);
  const span = last.at - first.at;
  const x = (at: number) => round(span === 0 ? width / 2 : EDGE + ((at - first.at) / span) * (width - 2 * EDGE));
  const y = (value: number) => round(top === bottom ? height / 2 : EDGE + ((top - value) / (top - bottom)) * (height - 2 * EDGE));
  const spot = (point: SparkPoint): [number, number] => [x(point.at), y(point.value ?? 0)];
  const parts = runs(known);
  const path = (all: [number, number][]) => all.map(([px, py], i) => `${i === 0 ? 'M' : 'L'}${px} ${py}`).join('');
  const bands = runs(known.filter(({ low, high }) => low !== null && high !== null)).filter((run) => run.length > 1);
  const band = bands.map((run) => `${path(run.map((p) => [x(p.at), y(p.high ?? 0)]))}${path(run.toReversed().map((p) => [x(p.at), y(p.low ?? 0)])).replace('M', 'L')}Z`).join('');
  return {
    line: parts.filter((run) => run.length > 1).map((run) => path(run.map(spot))).join(''),
    band,
    alone: parts.flatMap((run) => (run.length === 1 ? run.map(spot) : [])),
    last: spot(last),
    zero: y(0),
  };
}
