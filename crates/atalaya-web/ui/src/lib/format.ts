// Numbers, dates and sizes as the reader writes them.

import type { Lang } from './lang.svelte';

const LOCALE: Record<Lang, string> = { en: 'en', es: 'es' };

/** Spanish groups thousands with a thin space and writes a decimal comma: 1 234,5. */
function spaced(parts: Intl.NumberFormatPart[]): string {
  return parts.map((part) => (part.type === 'group' ? '\u202f' : part.value)).join('');
}

/** A number. Decimal text keeps every digit it came with, up to `digits`. */
export function number(value: number | string, lang: Lang, digits = 6): string {
  // Decimal text is formatted without passing through a float and keeps its closing zeros.
  const written = typeof value === 'string' ? Math.min(digits, value.split('.')[1]?.length ?? 0) : 0;
  const format = new Intl.NumberFormat(LOCALE[lang], { minimumFractionDigits: written, maximumFractionDigits: digits, useGrouping: 'always' });
  const parts = format.formatToParts(value as number);
  return lang === 'es' ? spaced(parts) : parts.map((part) => part.value).join('');
}

/** A short number for an axis or a small cell: 1.2k, 1,2 k. A limit of a class asks for more digits: 1.25k. */
export function short(value: number, lang: Lang, most = 1): string {
  const size = Math.abs(value);
  const [divisor, unit] = size >= 999_500_000 ? [1e9, 'G'] : size >= 999_500 ? [1e6, 'M'] : size >= 1000 ? [1e3, 'k'] : [1, ''];
  const scaled = value / divisor;
  const digits = size < 1 ? 3 : Math.abs(scaled) < 10 || most > 1 ? most : 0;
  return number(scaled, lang, digits) + (unit && (lang === 'es' ? `\u202f${unit}` : unit));
}

/** A date as written, or the day of an instant. */
export function date(text: string | null | undefined, lang: Lang): string {
  if (!text) return '';
  const day = /^(\d{4})-(\d{2})-(\d{2})/.exec(text);
  if (!day) return text;
  const at = new Date(Date.UTC(Number(day[1]), Number(day[2]) - 1, Number(day[3])));
  return new Intl.DateTimeFormat(LOCALE[lang], { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(at);
}

/** The year of a date as written. */
export function year(text: string | null | undefined): string {
  return text?.slice(0, 4) ?? '';
}

export function bytes(count: number, lang: Lang): string {
  const [divisor, unit] = count >= 1e6 ? [1e6, 'MB'] : count >= 1e3 ? [1e3, 'kB'] : [1, 'B'];
  return `${number(count / divisor, lang, 1)} ${unit}`;
}

/** A part of a whole in percent; what is there never reads 0, what is not all never reads 100. */
export function share(part: number, whole: number, lang: Lang): string {
  if (whole === 0) return '';
  const percent = (100 * part) / whole;
  if (percent > 0 && percent < 0.1) return `<${number(0.1, lang)}\u202f%`;
  if (percent < 100 && percent > 99.9) return `>${number(99.9, lang)}\u202f%`;
  return `${number(percent, lang, 1)}\u202f%`;
}

/** Text from outside as it may be shown: characters that hide or turn text are spelled out. */
export function visible(text: string | number): string {
  return String(text).replace(
    /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g,
    (c) => `\\u{${c.charCodeAt(0).toString(16).padStart(4, '0')}}`,
  );
}

/** The address of a source, if it is one a browser may follow. */
export function webLink(url: string): string | null {
  return /^https?:\/\/[^\s]+$/i.test(url) ? url : null;
}
