// A drawn map made to show another year, and to show some of its classes only. Works on the drawing in place.

import { number } from './format';
import { current } from './lang.svelte';
import { inFrame, ofYear, type Frame, type MapOf } from './frames';

/** Fills every area anew, and says the year in the title. */
export function recolour(drawing: SVGSVGElement, map: MapOf, frame: Frame, dark: boolean): void {
  const palette = map.palette ?? {};
  for (const land of drawing.querySelectorAll<SVGElement>('svg.land')) {
    const before = land.dataset.at ?? map.at;
    land.dataset.at = frame.at;
    for (const area of land.querySelectorAll<SVGElement>('[data-area]')) {
      const now = inFrame(frame, palette, area.dataset.area ?? '', dark);
      area.setAttribute('fill', now.fill);
      area.dataset.class = now.class;
      for (const [key, value] of Object.entries(now.data)) {
        if (value === undefined) delete area.dataset[key];
        else area.dataset[key] = value;
      }
    }
    for (const text of drawing.querySelectorAll(':scope > g:first-of-type text')) text.textContent = ofYear(text.textContent ?? '', before, frame.at);
    for (const text of drawing.querySelectorAll('text')) if (text.textContent?.startsWith(`${before} `)) text.textContent = frame.at + text.textContent.slice(before.length);
    recount(drawing, palette, land);
  }
}

/** How many areas each class of the legend has now. */
function recount(drawing: SVGSVGElement, palette: Record<string, unknown>, land: SVGElement): void {
  const counts = new Map<string, number>();
  for (const area of land.querySelectorAll<SVGElement>('[data-area]')) counts.set(classOf(area), (counts.get(classOf(area)) ?? 0) + 1);
  for (const swatch of legend(drawing, palette)) {
    const text = swatch.nextElementSibling;
    const n = number(counts.get(swatch.getAttribute('class') ?? '') ?? 0, current());
    if (text?.textContent) text.textContent = text.textContent.replace(/\([^()]*\)$/, `(${n})`);
  }
}

function legend(drawing: SVGSVGElement, palette: Record<string, unknown>): SVGElement[] {
  return [...drawing.querySelectorAll<SVGElement>('[class]')].filter((one) => !one.closest('svg.land') && (one.getAttribute('class') ?? '') in palette);
}

/** The class of an area as drawn: its own after recolouring, else that of the group it lies in. */
function classOf(area: SVGElement): string {
  return area.dataset.class ?? area.parentElement?.getAttribute('class') ?? '';
}

/** Pales every area that is not of the class; none pales where there is no class. */
export function showOnly(drawing: SVGSVGElement, only: string): void {
  for (const area of drawing.querySelectorAll<SVGElement>('svg.land [data-area]')) {
    if (only === '' || classOf(area) === only) area.removeAttribute('opacity');
    else area.setAttribute('opacity', '0.12');
  }
}

/** The swatches of a map's legend: each can be pressed, by keyboard too. */
export function swatches(drawing: SVGSVGElement, palette: Record<string, unknown>, onpress: (only: string) => void): void {
  let only = '';
  const all = legend(drawing, palette);
  // What can be pressed may not stand in a picture, of which a screen reader is told nothing but its name.
  if (all.length > 0) drawing.setAttribute('role', 'group');
  for (const swatch of all) {
    const name = swatch.getAttribute('class') ?? '';
    swatch.setAttribute('tabindex', '0');
    swatch.setAttribute('role', 'button');
    swatch.setAttribute('aria-pressed', 'false');
    if (!swatch.hasAttribute('aria-label')) swatch.setAttribute('aria-label', swatch.nextElementSibling?.textContent ?? name);
    swatch.style.cursor = 'pointer';
    const press = (event: Event) => {
      event.stopPropagation();
      event.preventDefault();
      only = only === name ? '' : name;
      for (const one of all) one.setAttribute('aria-pressed', String(one.getAttribute('class') === only));
      onpress(only);
    };
    swatch.addEventListener('click', press);
    swatch.addEventListener('keydown', (event) => ['Enter', ' '].includes(event.key) && press(event));
  }
}
