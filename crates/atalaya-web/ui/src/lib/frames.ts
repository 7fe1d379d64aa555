// The years of a map: one frame each, so that another year is shown without asking again.

export interface Frame {
  at: string;
  /** Class of every area with a row; the others are `nothing`. */
  fills: Record<string, string>;
  values: Record<string, string>;
  figures: Record<string, string>;
  provisional?: string[];
}

export interface MapOf {
  level: string;
  within: string;
  at: string;
  frames?: Frame[];
  /** The fill of every class, on light and on dark. */
  palette?: Record<string, [string, string]>;
}

const MISSING = new Set(['not-known', 'suppressed', 'not-applicable']);

/** What an area is in a frame, as it stands on its mark. */
export function inFrame(frame: Frame, palette: Record<string, [string, string]>, area: string, dark: boolean): { fill: string; class: string; data: Record<string, string | undefined> } {
  const of = frame.fills[area] ?? 'nothing';
  const fill = palette[of] ?? palette.nothing;
  return {
    class: of,
    fill: fill?.[dark ? 1 : 0] ?? 'none',
    data: {
      value: frame.values[area],
      figure: frame.figures[area],
      missing: MISSING.has(of) ? of : undefined,
      provisional: frame.provisional?.includes(area) ? '1' : undefined,
      at: frame.at,
    },
  };
}

/** The next year while playing; after the last comes the first. */
export function nextYear(years: string[], year: string): string {
  return years[(years.indexOf(year) + 1) % years.length] ?? year;
}

/** The year shown: the wanted one if there is a frame of it, else the one drawn, else the last. */
export function yearShown(years: string[], wanted: string, drawn: string): string {
  return years.includes(wanted) ? wanted : years.includes(drawn) ? drawn : (years.at(-1) ?? '');
}

/** A text with the year in it said of another year. */
export function ofYear(text: string, from: string, to: string): string {
  const at = text.lastIndexOf(from);
  return from === '' || at < 0 ? text : text.slice(0, at) + to + text.slice(at + from.length);
}
