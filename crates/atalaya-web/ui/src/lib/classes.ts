// The classes of a map: round limits, the same for every year, zero apart from the rest.

/** Limits from low to high; class `i` holds `limits[i] <= value < limits[i + 1]`, the last its end too. */
export interface Classes {
  limits: number[];
  kind: 'equal' | 'log';
}

const WANTED = 5;

/** The step of 1, 2, 2.5 or 5 times a power of ten that makes nearest to the wanted number of classes. */
function stepFor(high: number): number {
  const power = 10 ** Math.floor(Math.log10(high / WANTED));
  const far = (step: number) => Math.abs(Math.ceil(high / step - 1e-9) - WANTED);
  return [1, 2, 2.5, 5, 10].map((unit) => unit * power).reduce((best, step) => (far(step) < far(best) ? step : best));
}

/** Round classes for the values above zero: of equal width, or powers of ten where those would tell little. */
export function classes(values: Iterable<number>): Classes {
  const above = [...values].filter((value) => value > 0 && Number.isFinite(value));
  if (above.length === 0) return { limits: [], kind: 'equal' };
  const low = Math.min(...above);
  const high = Math.max(...above);
  const step = stepFor(high);
  const inLowest = above.filter((value) => value < step).length;
  if (high / low >= 1000 || (high / low >= 10 && inLowest > above.length / 2)) return { limits: powers(low, high), kind: 'log' };
  const count = Math.max(1, Math.ceil(high / step - 1e-9));
  return { limits: Array.from({ length: count + 1 }, (_, i) => tidy(i * step)), kind: 'equal' };
}

function powers(low: number, high: number): number[] {
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high) - 1e-9);
  const limits: number[] = [];
  // More than seven classes cannot be told apart: the lowest ones become one.
  for (let power = Math.max(first, last - 7); power <= last; power++) limits.push(tidy(10 ** power));
  limits[0] = first < last - 7 ? 0 : (limits[0] ?? 0);
  return limits;
}

function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

/** The class of a value above zero. */
export function classOf(value: number, { limits }: Classes): number {
  let at = 0;
  while (at < limits.length - 2 && value >= (limits[at + 1] ?? Infinity)) at++;
  return at;
}
