// Held rows and records of the mock observatory. One place name is an attack: pages show it as text.

import { chance, COUNTRIES } from './figures.mjs';
import { both, SOURCES } from './sources.mjs';

export const ATTACK = '<img src=x onerror="document.title=\'taken\'"><script>document.title=\'taken\'</script>';

const RULES = {
  'unknown-area': ['hold', both('a country or place that no list knows', 'un país o lugar que ninguna lista conoce'), both("map it to a code: --map 'FOUND=CODE'", "asígnele un código: --map 'HALLADO=CÓDIGO'")],
  'unknown-unit': ['hold', both('a unit that no list knows', 'una unidad que ninguna lista conoce'), both("map it to a unit: --map 'FOUND=ID'", "asígnele una unidad: --map 'HALLADO=ID'")],
  'ambiguous-date': ['hold', both('03/04/2016: day or month first, nothing in the column tells', '03/04/2016: ¿día o mes primero? Nada en la columna lo dice'), both('declare dates = "day-first" or "month-first" in the recipe', 'declare dates = "day-first" o "month-first" en la receta')],
  'ambiguous-number': ['hold', both('1.234 or 1,234: thousands or decimals, the column does not tell', '1.234 o 1,234: ¿miles o decimales? La columna no lo dice'), both('declare number = "point" or "comma" in the recipe', 'declare number = "point" o "comma" en la receta')],
  'rival-values': ['hold', both('the same key stands in several rows with different values', 'la misma clave está en varias filas con valores distintos'), both('accept the right one; Atalaya does not choose and does not average', 'acepte la correcta; Atalaya no elige ni promedia')],
  'repeated-row': ['reject', both('the same key and the same value stand in an earlier row', 'la misma clave y el mismo valor están en una fila anterior'), both('nothing: the first row counts', 'nada: cuenta la primera fila')],
  'note-row': ['reject', both('a note below or beside the table', 'una nota debajo o al lado de la tabla'), both('nothing: it is kept with the file', 'nada: se conserva con el archivo')],
};

const raw = (place, date, drug, amount, unit) => [['PAIS', place], ['FECHA', date], ['DROGA', drug], ['CANTIDAD', amount], ['UNIDAD(ES) DE MEDIDA', unit], ['OBSERVACIONES', '']];

function row(ordinal, rule, field, found, detail, cells, file = 'agency-b-2026-10.csv') {
  const status = RULES[rule][0] === 'hold' ? 'held' : 'rejected';
  return { intake: 7, file, ordinal, line: ordinal + 1, cell: 0, status, rule, field, found, detail, raw: cells };
}

function seizureRows() {
  const first = [
    row(17, 'unknown-area', 'area', 'Atlantis', 'nearest: Atlántico (CO-ATL)', raw('Atlantis', '14/03/2023', 'Clorhidrato de cocaína', '12.5', 'kg')),
    row(58, 'unknown-area', 'area', ATTACK, '', raw(ATTACK, '15/03/2023', 'Marihuana', '3', 'kg')),
    row(91, 'unknown-area', 'area', 'Lima\u202egnp.exe', '', raw('Lima\u202egnp.exe', '17/03/2023', 'PBC', '1', 'kg')),
    row(140, 'unknown-unit', 'unit', "bolsas d'envío", '', raw('Perú', '02/05/2023', 'PBC', '40', "bolsas d'envío")),
  ];
  const dates = Array.from({ length: 32 }, (_, i) => row(200 + 7 * i, 'ambiguous-date', 'date', `0${1 + (i % 9)}/0${1 + (i % 7)}/2023`, '', raw('Perú', `0${1 + (i % 9)}/0${1 + (i % 7)}/2023`, 'Clorhidrato de cocaína', String(2 + i), 'kg')));
  const rivals = Array.from({ length: 25 }, (_, i) => row(900 + 3 * i, 'rival-values', 'amount', `${120 + i}`, `row ${899 + 3 * i} says ${118 + i}`, raw('Perú', '11/08/2023', 'Clorhidrato de cocaína', String(120 + i), 'kg'), 'agency-a-2026-10.xlsx › seizures'));
  const repeated = Array.from({ length: 16 }, (_, i) => row(2000 + 11 * i, 'repeated-row', '', '', `row ${1989 + 11 * i}`, raw('Perú', '20/09/2023', 'PBC', '5', 'kg')));
  return [...first, ...dates, ...rivals, ...repeated, row(6240, 'note-row', '', 'Fuente: Agencia B. Cifras preliminares.', '', [['PAIS', 'Fuente: Agencia B. Cifras preliminares.']])];
}

const HELD = {
  'demo-seizures': seizureRows(),
  'co-simci-coca': [
    { ...row(211, 'ambiguous-number', 'value', '1.108', 'column 2020', [['CODMPIO', '52835'], ['MUNICIPIO', 'SAN ANDRÉS DE TUMACO'], ['2020', '1.108']], 'Deteccion_Cultivos_Coca_hectareas_20260831.csv'), cell: 24 },
    { ...row(212, 'ambiguous-number', 'value', '2.740', 'column 2020', [['CODMPIO', '54810'], ['MUNICIPIO', 'TIBÚ'], ['2020', '2.740']], 'Deteccion_Cultivos_Coca_hectareas_20260831.csv'), cell: 24 },
    row(320, 'note-row', '', 'Total', '', [['CODMPIO', 'Total']], 'Deteccion_Cultivos_Coca_hectareas_20260831.csv'),
  ],
  'pe-devida-coca': [row(14, 'note-row', '', 'TOTAL', '', [['Departamento', 'TOTAL'], ['2024', '89755']], '2024.csv')],
  'unodc-wdr-coca': [row(5, 'note-row', '', 'Source: UNODC', '', [['Country', 'Source: UNODC']], '6.1.1_Coca_cultivation.xlsx')],
};

export function held(id, rule, offset, limit) {
  const source = SOURCES.find((one) => one.id === id);
  const all = HELD[id] ?? [];
  const counts = new Map();
  for (const one of all) counts.set(one.rule, (counts.get(one.rule) ?? 0) + 1);
  const byRule = [...counts].sort((a, b) => b[1] - a[1]).map(([name, count]) => ({ rule: name, action: RULES[name][0], count, title: RULES[name][1], todo: RULES[name][2] }));
  const fitting = all.filter((one) => !rule || one.rule === rule);
  const { read, accepted, held: kept, rejected } = source;
  return { source: id, read, accepted, held: kept, rejected, total: fitting.length, by_rule: byRule, rows: fitting.slice(offset, offset + limit) };
}

const DRUGS = [['cocaine-hcl', 'Clorhidrato de cocaína'], ['cocaine-base', 'PBC'], ['cannabis-herb', 'Marihuana'], ['heroin', 'Heroína']];
const TRANSPORT = ['air', 'sea', 'road', ''];
const PLACES = ['Callao', 'Puerto Maldonado', 'Iquitos', 'Tumaco', 'Leticia', 'Guayaquil', 'Rotterdam', 'Algeciras', ATTACK, ''];

/** Records of the simulated source that fit the filters. */
export function records({ areas, substances, from, to, offset, limit }) {
  const next = chance(3);
  const of = (list) => list[Math.floor(next() * list.length)];
  const all = Array.from({ length: 1240 }, (_, i) => {
    const [area] = of(COUNTRIES);
    const [drug, written] = of(DRUGS);
    const date = `${2016 + Math.floor(next() * 8)}-${String(1 + Math.floor(next() * 12)).padStart(2, '0')}-${String(1 + Math.floor(next() * 28)).padStart(2, '0')}`;
    const amount = (next() ** 4 * 3200).toFixed(2);
    const stated = next() > 0.06;
    const flags = [stated ? '' : 'amount-not-stated', Number(amount) > 2000 ? 'too-heavy-for-air' : '', date > '2023-06' ? 'provisional' : ''].filter(Boolean).join(' ');
    return [String(i + 1), date, area, of(PLACES), drug, written, stated ? amount : null, stated ? 'kg' : null, of(['CO', 'PE', 'BO', '']), of(['US', 'ES', 'BE', 'NL', '']), of(TRANSPORT), flags];
  });
  const fits = ([, date, area, , drug]) => (!areas.length || areas.includes(area)) && (!substances.length || substances.includes(drug)) && (!from || date >= from) && (!to || date.slice(0, to.length) <= to);
  const fitting = all.filter(fits);
  return { total: fitting.length, columns: ['ordinal', 'date', 'area', 'place', 'substance', 'substance_reported', 'amount', 'unit', 'departure', 'destination', 'transport', 'flags'], rows: fitting.slice(offset, offset + limit) };
}
