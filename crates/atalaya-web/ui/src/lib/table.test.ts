import { describe, expect, it } from 'vitest';
import { adding, ariaSort, condition, nextSort, signsFor, turned, written } from './table';

describe('conditions of a table', () => {
  it('are read and written back the same, whatever stands in the value', () => {
    for (const text of ['area=PE', 'year>=2018', 'place~Lima, Callao', 'definition=a=b', 'unit!=kg', 'missing=', 'substance:cocaine']) {
      const read = condition(text);
      expect(read && written(read)).toBe(text);
    }
    expect(condition('no sign')).toBeNull();
  });

  it('are added once and a chosen value is given up', () => {
    expect(adding(['area=PE'], 'area=PE')).toEqual(['area=PE']);
    expect(turned(['area=PE'], 'area', 'CO')).toEqual(['area=PE', 'area=CO']);
    expect(turned(['area=PE', 'area=CO'], 'area', 'PE')).toEqual(['area=CO']);
  });
});

describe('sorting', () => {
  it('begins with the largest number and with the first name, and ends where it began', () => {
    const kg = { id: 'kg', kind: 'decimal' } as const;
    const area = { id: 'area', kind: 'code' } as const;
    expect([nextSort('', kg), nextSort('-kg', kg), nextSort('kg', kg)]).toEqual(['-kg', 'kg', '']);
    expect([nextSort('-kg', area), nextSort('area', area), nextSort('-area', area)]).toEqual(['area', '-area', '']);
    expect([ariaSort('-kg', 'kg'), ariaSort('kg', 'kg'), ariaSort('kg', 'area')]).toEqual(['descending', 'ascending', undefined]);
  });

  it('offers what includes other areas first, and a text inside others', () => {
    const column = (id: string, kind: 'code' | 'text' | 'count') => ({ id, kind, label: { en: '', es: '' }, unit: '', facet: true, usual: true });
    expect(signsFor(column('area', 'code'))[0]).toBe(':');
    expect(signsFor(column('place', 'text'))[0]).toBe('~');
    expect(signsFor(column('year', 'count'))[0]).toBe('>=');
  });
});
