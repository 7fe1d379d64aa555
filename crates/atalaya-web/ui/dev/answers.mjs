// The answers of the mock server, shaped as docs/api.md states.

import { ANNEX, chance, COUNTRIES, DEVIDA, DEVIDA_AREAS, SIMCI, seizures, YEARS } from './figures.mjs';
import { held, records } from './rows.mjs';
import { both, hash, SNAPSHOT, SOURCES, STATUS } from './sources.mjs';
import { changes, figure, key, table } from './tables.mjs';

const names = (language) => new Intl.DisplayNames(language, { type: 'region' });
const country = (code) => both(names('en').of(code), names('es').of(code));
const AREAS = Object.fromEntries([...COUNTRIES.map(([code]) => [code, country(code)]), ...Object.entries(DEVIDA_AREAS).map(([code, [name]]) => [code, both(name)])]);
const SUBSTANCES = {
  coca: both('coca bush', 'arbusto de coca'),
  'cocaine-hcl': both('cocaine hydrochloride', 'clorhidrato de cocaína'),
  'cocaine-base': both('cocaine base', 'pasta básica de cocaína'),
  'cannabis-herb': both('cannabis herb', 'marihuana'),
  heroin: both('heroin', 'heroína'),
};
const LABELS = {
  area: AREAS,
  substance: SUBSTANCES,
  unit: { ha: both('hectares', 'hectáreas'), percent: both('per cent of people aged 15–64', 'por ciento de las personas de 15 a 64 años'), kg: both('kg') },
  definition: {
    'net-area': both('net area at 31 December', 'superficie neta al 31 de diciembre'),
    'image-date': both('area at the date of the image', 'superficie a la fecha de la imagen'),
    'past-year': both('use in the past year', 'consumo en el último año'),
  },
  source: Object.fromEntries(SOURCES.map(({ id, title, producer }) => [id, both(`${producer}: ${title.en}`, `${producer}: ${title.es}`)])),
  transport: { air: both('air', 'aérea'), sea: both('sea', 'marítima'), road: both('road', 'carretera') },
  departure: AREAS,
  destination: AREAS,
  flags: {
    'amount-not-stated': both('no amount was reported', 'no se informó cantidad'),
    'too-heavy-for-air': both('R3: more than 2,000 kg at an airport or by air', 'R3: más de 2 000 kg en un aeropuerto o por vía aérea'),
    provisional: both('provisional, or a year that is not over', 'provisional, o un año que no ha terminado'),
  },
};

const column = (id, en, es, kind = 'text', unit = '') => ({ id, label: both(en, es), kind, unit });
const DIMENSIONS = [
  column('year', 'Year', 'Año'), column('area', 'Area', 'Área'), column('substance', 'Substance', 'Sustancia'), column('definition', 'Definition', 'Definición'),
  column('unit', 'Unit', 'Unidad'), column('source', 'Source', 'Fuente'),
];
const FIGURE = column('figure', 'Figure', 'Cifra', 'figure');
const MEASURE = [column('value', 'Value', 'Valor', 'decimal'), column('low', 'Low', 'Bajo', 'decimal'), column('high', 'High', 'Alto', 'decimal'), column('missing', 'Missing', 'Ausente'), column('status', 'Status', 'Estado'), column('basis', 'Basis', 'Base'), FIGURE];
const SEIZED = [
  column('records', 'Seizures', 'Incautaciones', 'count'), column('kg', 'Kilograms', 'Kilogramos', 'decimal', 'kg'), column('kg_low', 'Low', 'Bajo', 'decimal', 'kg'), column('kg_high', 'High', 'Alto', 'decimal', 'kg'),
  column('without_kg', 'Without kilograms', 'Sin kilogramos', 'count'), FIGURE,
];

const figured = (row) => ({ ...row, figure: `fig-${hash(JSON.stringify(row)).slice(0, 16)}` });
const coca = (area, source, definition, [year, value], basis = 'reported', status = '') =>
  ({ year: String(year), area, substance: 'coca', definition, unit: 'ha', source, value: String(value), low: null, high: null, missing: null, status, basis });

function cocaRows(level) {
  const departments = Object.entries(DEVIDA_AREAS).flatMap(([area, [, values]]) => values.map((value, i) => coca(area, 'pe-devida-coca', 'net-area', [2020 + i, value])));
  const national = [
    ...SIMCI.map((point) => coca('CO', 'co-simci-coca', 'net-area', point, 'sum of 319 areas', point[0] === 2024 ? 'provisional' : '')),
    ...DEVIDA.map((point) => coca('PE', 'pe-devida-coca', 'net-area', point)),
    ...ANNEX.flatMap(([area, definition, points]) => points.map((point) => coca(area, 'unodc-wdr-coca', definition, point))),
  ];
  return level === 'all' ? [...national, ...departments] : national;
}

/** A simulated survey: intervals, a suppressed year, years without one, a provisional last. */
function surveyRows() {
  const next = chance(11);
  const survey = ['PE', 'CL'].flatMap((area, i) =>
    [2010, 2012, 2013, 2014, 2015, 2016, 2019, 2020, 2021, 2022, 2023, 2024, 2025].map((year) => {
      const value = 0.4 + 0.5 * i + 0.03 * (year - 2010) + 0.15 * next();
      const hidden = area === 'PE' && year === 2021;
      const text = (number) => (hidden ? null : number.toFixed(2));
      return {
        year: String(year), area, substance: 'cocaine-hcl', definition: 'past-year', unit: 'percent', source: 'demo-survey', value: text(value), low: text(value - 0.17), high: text(value + 0.2),
        missing: hidden ? 'suppressed' : null, status: year === 2025 ? 'provisional' : '', basis: 'reported',
      };
    }),
  );
  return survey;
}

function seizureRows(question) {
  const rows = seizures().map(({ area, year, records: count, kg, withoutKg }) => ({ year: String(year), area, source: 'demo-seizures', records: count, kg, kg_low: kg, kg_high: kg, without_kg: withoutKg }));
  const wanted = rows.filter(({ area }) => question.area.length === 0 || question.area.includes(area));
  if (question.by.includes('area')) return wanted;
  return YEARS.map((year) => {
    const these = wanted.filter((row) => row.year === String(year));
    const sum = (id) => these.reduce((total, row) => total + Number(row[id]), 0);
    const kg = sum('kg').toFixed(1);
    return { year: String(year), source: 'demo-seizures', records: sum('records'), kg, kg_low: kg, kg_high: kg, without_kg: sum('without_kg') };
  }).filter((row) => row.records > 0);
}

const WHAT = {
  'coca-area': { label: both('Area under coca', 'Superficie cultivada con coca'), records: false, sources: ['co-simci-coca', 'pe-devida-coca', 'unodc-wdr-coca'] },
  seizures: { label: both('Seizures', 'Incautaciones'), records: true, sources: ['demo-seizures'] },
  prevalence: { label: both('Use of cocaine', 'Consumo de cocaína'), records: false, sources: ['demo-survey'] },
};

function query(question) {
  const { label, records: counted, sources } = WHAT[question.what] ?? WHAT['coca-area'];
  const all = question.what === 'seizures' ? seizureRows(question) : question.what === 'prevalence' ? surveyRows() : cocaRows(question.area.some((area) => area.length > 2) ? 'all' : 'country');
  const fits = (row) =>
    (!question.area.length || !row.area || question.area.includes(row.area)) && (!question.source.length || question.source.includes(row.source)) &&
    (!question.substance.length || !row.substance || question.substance.includes(row.substance)) && (!question.from || row.year >= question.from) && (!question.to || row.year <= question.to);
  const rows = all.filter(fits).map(figured);
  const credited = SOURCES.filter(({ id }) => sources.includes(id) && rows.some((row) => row.source === id)).map(({ id, title, producer, licence, simulated, vintages: [newest] }) =>
    ({ id, title, producer, licence, vintages: [newest.vintage], cut_off: newest.cut_off, prepared: newest.prepared, simulated }));
  const columns = [...DIMENSIONS.filter(({ id }) => rows.some((row) => id in row)), ...(counted ? SEIZED : MEASURE)];
  const strict = { 'coca-area': SOURCES[2].label, seizures: SOURCES[3].label, prevalence: SOURCES[4].label }[question.what];
  const notes = counted
    ? [both('A seizure whose amount has no weight counts as a seizure and is left out of the kilograms.', 'Una incautación cuya cantidad no tiene peso cuenta como incautación y queda fuera de los kilogramos.')]
    : question.what === 'coca-area' ? [both('Peru has two definitions that overlap in 2011: 64,400 ha and 62,500 ha.', 'Perú tiene dos definiciones que coinciden en 2011: 64 400 ha y 62 500 ha.')] : [];
  return { title: label, snapshot: SNAPSHOT, label: strict, sources: credited, columns, rows, labels: LABELS, notes };
}

function coverage(id) {
  const next = chance(id.length);
  if (id === 'demo-seizures') {
    const rows = seizures();
    const areas = COUNTRIES.map(([code]) => ({ code, name: AREAS[code] }));
    return { source: id, areas, years: YEARS, cells: areas.map(({ code }) => YEARS.map((year) => rows.find((row) => row.area === code && row.year === year)?.records ?? null)) };
  }
  if (id === 'co-simci-coca') {
    const years = SIMCI.map(([year]) => year);
    const departments = ['Antioquia', 'Bolívar', 'Caquetá', 'Cauca', 'Chocó', 'Guaviare', 'Meta', 'Nariño', 'Norte de Santander', 'Putumayo', 'Vichada', 'Caldas', 'La Guajira'];
    const areas = departments.map((name, i) => ({ code: `CO-${String(i).padStart(2, '0')}`, name: both(name) }));
    return { source: id, areas, years, cells: areas.map((_, i) => years.map((year) => (i === 12 && year > 2015 ? 0 : i === 11 && next() < 0.4 ? null : 3 + Math.floor(next() * 40)))) };
  }
  const source = SOURCES.find((one) => one.id === id);
  const years = Array.from({ length: Number(source.last_period.slice(0, 4)) - Number(source.first_period.slice(0, 4)) + 1 }, (_, i) => Number(source.first_period.slice(0, 4)) + i);
  const rows = [...cocaRows('all'), ...surveyRows()].filter((row) => row.source === id);
  const codes = [...new Set(rows.map((row) => row.area))];
  const count = (code, year) => rows.filter((row) => row.area === code && row.year === String(year)).length || null;
  return { source: id, areas: codes.map((code) => ({ code, name: AREAS[code] })), years, cells: codes.map((code) => years.map((year) => count(code, year))) };
}

const facet = (labels) => Object.entries(labels).map(([id, label]) => ({ id, label, count: 1 }));
const FACETS = {
  what: Object.entries(WHAT).map(([id, { label, sources }]) => ({ id, label, sources })),
  areas: facet(AREAS),
  substances: facet(SUBSTANCES),
  sources: SOURCES.map(({ id, title, items }) => ({ id, label: title, count: items })),
  years: Array.from({ length: 25 }, (_, i) => 2001 + i),
};

const list = (params, name) => params.getAll(name).flatMap((value) => value.split(',')).filter(Boolean);

/** The answer to a path and its parameters; nothing where there is no such path. */
export function answer(path, params) {
  const offset = Number(params.get('offset') ?? 0);
  const limit = Number(params.get('limit') ?? 50);
  const question = { what: params.get('what') ?? '', by: list(params, 'by'), area: list(params, 'area'), substance: list(params, 'substance'), source: list(params, 'source'), from: params.get('from') ?? '', to: params.get('to') ?? '' };
  switch (path) {
    case 'status':
      return STATUS;
    case 'facets':
      return FACETS;
    case 'coverage':
      return coverage(params.get('source'));
    case 'held':
      return held(params.get('source'), params.get('rule'), offset, limit);
    case 'records':
      return { ...records({ areas: question.area, substances: question.substance, from: question.from, to: question.to, offset, limit }), labels: LABELS };
    case 'table':
      return table(params);
    case 'changes':
      return changes(params);
    case 'key':
      return key();
    case 'figure':
      return figure(params);
    case 'query':
      return query(question);
    case 'verify':
      return {
        figure: params.get('figure'), verified: true, value: { value: '261386' }, rows: 319,
        checks: [
          { name: both('the rows are the ones that were read', 'las filas son las que se leyeron'), ok: true, detail: '319 rows' },
          { name: both('the sum gives the same value', 'la suma da el mismo valor'), ok: true, detail: '261386' },
        ],
      };
    default:
      return undefined;
  }
}
