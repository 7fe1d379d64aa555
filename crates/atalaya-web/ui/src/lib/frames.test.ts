import { expect, it } from 'vitest';
import { inFrame, nextYear, ofYear, yearShown, type Frame } from './frames';

const frame: Frame = { at: '2020', fills: { PE: 'c3', BO: 'zero', CO: 'not-known' }, values: { PE: '61777', BO: '0' }, figures: { PE: 'fig-1' }, provisional: ['PE'] };
const palette: Record<string, [string, string]> = { c3: ['#111', '#eee'], zero: ['#fff', '#000'], nothing: ['#f2f0ea', '#1f272e'], 'not-known': ['url(#map-not-known-light)', 'url(#map-not-known-dark)'] };

it('an area takes the fill of its class, in the colours of the page', () => {
  expect(inFrame(frame, palette, 'PE', false)).toEqual({ class: 'c3', fill: '#111', data: { value: '61777', figure: 'fig-1', missing: undefined, provisional: '1', at: '2020' } });
  expect(inFrame(frame, palette, 'PE', true).fill).toBe('#eee');
});

it('zero, not known and nothing reported stay three things', () => {
  expect(inFrame(frame, palette, 'BO', false)).toMatchObject({ class: 'zero', data: { value: '0', missing: undefined } });
  expect(inFrame(frame, palette, 'CO', false)).toMatchObject({ class: 'not-known', fill: 'url(#map-not-known-light)', data: { value: undefined, missing: 'not-known' } });
  expect(inFrame(frame, palette, 'EC', false)).toMatchObject({ class: 'nothing', data: { value: undefined, missing: undefined } });
});

it('years play round, and an unknown year is the one drawn', () => {
  expect([nextYear(['2019', '2020'], '2019'), nextYear(['2019', '2020'], '2020'), nextYear([], '2020')]).toEqual(['2020', '2019', '2020']);
  expect([yearShown(['2019', '2020'], '2019', '2020'), yearShown(['2019', '2020'], '1999', '2019'), yearShown(['2019', '2020'], '', ''), yearShown([], 'x', 'y')]).toEqual(['2019', '2019', '2020', '']);
});

it('a title says the year that is shown', () => {
  expect(ofYear('Coca, 2001 to 2020, 2020', '2020', '2015')).toBe('Coca, 2001 to 2020, 2015');
  expect(ofYear('Coca', '2020', '2015')).toBe('Coca');
});
