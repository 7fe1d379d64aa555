import { describe, expect, it } from 'vitest';
import { bytes, date, number, share, short, visible, webLink } from './format';

const plain = (text: string) => text.replaceAll('\u202f', ' ');

describe('numbers', () => {
  it('follow the reader', () => {
    expect(plain(number('1234.5', 'es'))).toBe('1 234,5');
    expect(number('1234.5', 'en')).toBe('1,234.5');
    expect(plain(number(261386, 'es'))).toBe('261 386');
  });

  it('of decimal text keep their digits', () => {
    expect(number('0.50', 'en')).toBe('0.50');
    expect(number('123456789012345.25', 'en')).toBe('123,456,789,012,345.25');
  });

  it('are short on an axis', () => {
    expect([0, 0.25, 950, 1200, 250_000, 1_500_000].map((n) => short(n, 'en'))).toEqual(['0', '0.25', '950', '1.2k', '250k', '1.5M']);
    expect(plain(short(1200, 'es'))).toBe('1,2 k');
  });

  it('of a class limit are exact', () => {
    expect([1250, 12_500, 250_000].map((n) => short(n, 'en', 3))).toEqual(['1.25k', '12.5k', '250k']);
  });

  it('as a share never round to nothing or to all', () => {
    expect(plain(share(18, 311038, 'en'))).toBe('<0.1 %');
    expect(plain(share(311020, 311038, 'en'))).toBe('>99.9 %');
    expect(plain(share(1, 4, 'es'))).toBe('25 %');
    expect(share(0, 0, 'en')).toBe('');
  });
});

it('dates are days, whatever the time zone, and other text stays', () => {
  expect(date('2024-12-31', 'en')).toBe('Dec 31, 2024');
  expect(date('2024-12-31T23:59:59Z', 'es')).toBe('31 dic 2024');
  expect(date('FY2019', 'en')).toBe('FY2019');
  expect(date(null, 'en')).toBe('');
});

it('sizes have a unit', () => {
  expect(bytes(2_426_525, 'en')).toBe('2.4 MB');
  expect(bytes(512, 'en')).toBe('512 B');
});

it('hidden characters are spelled out', () => {
  expect(visible('Lima\u202egnp.exe')).toBe('Lima\\u{202e}gnp.exe');
  expect(visible('Ancón; 3 kg')).toBe('Ancón; 3 kg');
});

it('only web addresses are links', () => {
  expect(webLink('https://www.unodc.org')).toBe('https://www.unodc.org');
  for (const bad of ['javascript:alert(1)', 'data:text/html,x', 'https://a b', '']) expect(webLink(bad)).toBeNull();
});
