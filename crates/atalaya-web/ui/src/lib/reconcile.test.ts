import { expect, it } from 'vitest';
import { command, signed, stated, used, type Line } from './reconcile';

const line = (more: Partial<Line>): Line => ({
  period: '2020', substance: 'coca-bush', substance_name: { en: '', es: '' }, detail: { en: '', es: '' }, source: 's', title: { en: '', es: '' },
  definition: { en: '', es: '' }, vintage: '2024', superseded: false, cut_off: null, prepared: null, value: '1', low: '', high: '', missing: '',
  status: 'A', unit: { en: 'ha', es: 'ha' }, basis: { en: '', es: '' }, figure: null, base: false, difference: null, percent: null, agrees: null, ...more,
});

it('differences carry a sign, zero none', () => {
  const as = (text: string) => signed(text, (digits) => digits);
  expect([as('26423'), as('-5.5'), as('0'), as('0.0')]).toEqual(['+26423', '−5.5', '0', '0.0']);
});

it('columns in which nothing stands are left out', () => {
  expect(Object.values(used([line({})])).some(Boolean)).toBe(false);
  expect(used([line({}), line({ substance: 'heroin', base: true, cut_off: '2020-12-31' })])).toMatchObject({ substance: true, difference: true, cutOff: true, interval: false });
});

it('a ruling is the same as a command', () => {
  expect(command('f-0123456789', 'explained', " net of the year's eradication ")).toBe("atalaya reconcile rule f-0123456789 --ruling explained --why 'net of the year'\\''s eradication'");
});

it('stated errors are found by their source', () => {
  expect(stated(['demo-devida-coca=5%', 'unodc-coca=1500']).get('demo-devida-coca')).toBe('5%');
});
