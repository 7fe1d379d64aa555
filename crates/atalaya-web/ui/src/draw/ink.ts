// The colours of the page as a drawing needs them: written out, so that a saved file keeps them.

export interface Ink {
  ink: string;
  muted: string;
  line: string;
  surface: string;
  zero: string;
  held: string;
  lines: string[];
  heat: string[];
  font: string;
}

export function inkOf(element: Element): Ink {
  const style = getComputedStyle(element);
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const run = (name: string, count: number) => Array.from({ length: count }, (_, i) => of(`${name}${i + 1}`));
  return {
    ink: of('ink'),
    muted: of('muted'),
    line: of('line'),
    surface: of('surface'),
    zero: of('zero'),
    held: of('held'),
    lines: run('l', 6),
    heat: run('h', 7),
    font: of('sans'),
  };
}

/** `count` colours from light to strong, spread over the whole scale. */
export function spread(heat: string[], count: number): string[] {
  if (count === 1) return [heat[4] ?? ''];
  return Array.from({ length: count }, (_, i) => heat[Math.round((i * (heat.length - 1)) / (count - 1))] ?? '');
}
