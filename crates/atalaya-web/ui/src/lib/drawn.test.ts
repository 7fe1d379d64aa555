import { expect, it } from 'vitest';
import { chartCommand, widthFor } from './drawn';

it('few widths are asked for, none too small to read or too wide to help', () => {
  expect([350, 359, 361, 100, 5000].map(widthFor)).toEqual([340, 340, 360, 280, 1400]);
});

it('the command says what the page asks, as one word each', () => {
  expect(chartCommand({ what: 'coca-area', area: ['PE', 'BO'], from: '2018', source: [], to: '' }, 'coca.svg')).toBe('atalaya chart coca-area --area PE,BO --from 2018 > coca.svg');
  expect(chartCommand({ what: 'seizures', area: "a'b c" }, 'x.png')).toBe("atalaya chart seizures --area 'a'\\''b c' > x.png");
});
