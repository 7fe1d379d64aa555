// The marks of a drawing as the page answers them: which one the pointer means, and where an arrow key leads.

export interface Mark {
  /** Its line, or the name of its area. */
  name: string;
  /** Its time; empty on a map. */
  at: string;
  value: string | null;
  low: string | null;
  high: string | null;
  missing: string | null;
  provisional: boolean;
  figure: string | null;
  /** The vintage that said so, for what was later revised. */
  vintage: string | null;
  area: string | null;
  /** The ends of a link, `PE>ES`, and what it rests on. */
  link: string | null;
  records: string | null;
  effective: string | null;
  /** Of what is not known: its part of all that was recorded. */
  share: string | null;
  /** Its middle, in pixels of the drawing. */
  x: number;
  y: number;
}

/** A mark by what stands on its element. */
export function read(data: Record<string, string | undefined>, x: number, y: number): Mark {
  const text = (key: string) => data[key] ?? null;
  return {
    name: data.name ?? '', at: data.at ?? '', value: text('value'), low: text('low'), high: text('high'), missing: text('missing'),
    provisional: data.provisional !== undefined, figure: text('figure'), vintage: text('vintage'), area: text('area'),
    link: text('link'), records: text('records'), effective: text('effective'), share: text('share'), x, y,
  };
}

/** The mark nearest to a place, no farther than `most`. */
export function nearest(marks: Mark[], x: number, y: number, most: number): number {
  let best = -1;
  let least = most * most;
  marks.forEach((mark, i) => {
    const far = (mark.x - x) ** 2 + (mark.y - y) ** 2;
    if (far <= least) [best, least] = [i, far];
  });
  return best;
}

/** Where a key leads from a mark: left and right along its line, up and down to the next line at that time. */
export function towards(marks: Mark[], from: number, key: string): number {
  const mark = marks[from];
  if (!mark) return marks.length > 0 ? 0 : -1;
  if (mark.area !== null || mark.link !== null || mark.share !== null) return neighbour(marks, from, key);
  const same = marks.map((_, i) => i).filter((i) => marks[i]?.name === mark.name && marks[i]?.vintage === mark.vintage);
  const along = same.toSorted((a, b) => (marks[a]?.x ?? 0) - (marks[b]?.x ?? 0));
  const place = along.indexOf(from);
  switch (key) {
    case 'ArrowRight':
      return along[Math.min(place + 1, along.length - 1)] ?? from;
    case 'ArrowLeft':
      return along[Math.max(place - 1, 0)] ?? from;
    case 'Home':
      return along[0] ?? from;
    case 'End':
      return along.at(-1) ?? from;
    case 'ArrowUp':
    case 'ArrowDown':
      return across(marks, from, key === 'ArrowUp' ? -1 : 1);
    default:
      return from;
  }
}

/** On a map: the nearest area, or link, to that side, straight ahead before aside; to the first and last of the list by Home and End. */
function neighbour(marks: Mark[], from: number, key: string): number {
  const mark = marks[from];
  if (!mark) return from;
  if (key === 'Home') return 0;
  if (key === 'End') return marks.length - 1;
  const [ahead, aside] = key === 'ArrowLeft' || key === 'ArrowRight' ? (['x', 'y'] as const) : (['y', 'x'] as const);
  const way = key === 'ArrowRight' || key === 'ArrowDown' ? 1 : -1;
  let best = from;
  let least = Infinity;
  marks.forEach((other, i) => {
    const far = (other[ahead] - mark[ahead]) * way;
    if (i === from || far <= 0) return;
    const cost = far + 2 * Math.abs(other[aside] - mark[aside]);
    if (cost < least) [best, least] = [i, cost];
  });
  return best;
}

/** The next mark above or below, of another line, at the same time or as near to it as there is one. */
function across(marks: Mark[], from: number, way: -1 | 1): number {
  const mark = marks[from];
  if (!mark) return from;
  let best = from;
  let least = Infinity;
  marks.forEach((other, i) => {
    const down = (other.y - mark.y) * way;
    if (i === from || other.name === mark.name || down < 0 || (down === 0 && i < from)) return;
    const far = Math.abs(other.x - mark.x) * 4 + down;
    if (far < least) [best, least] = [i, far];
  });
  return best;
}
