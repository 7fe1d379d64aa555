// Tables, changes, key series and one figure for the mock server, shaped as docs/api.md states.

import { DEVIDA, SIMCI } from './figures.mjs';
import { records } from './rows.mjs';
import { both, hash, SNAPSHOT, SOURCES } from './sources.mjs';

function grouped(all, keyOf) {
  const groups = {};
  for (const one of all) (groups[keyOf(one)] ??= []).push(one);
  return groups;
}
const figureId = (text) => `fig-${hash(text).slice(0, 16)}`;
const of = (id) => SOURCES.find((one) => one.id === id);
const credit = ({ id, title, producer, licence, simulated, label, vintages: [newest] }) => ({ id, title, producer, licence, simulated, label, vintages: [newest.vintage], cut_off: newest.cut_off, prepared: newest.prepared });
const column = (id, en, es, kind = 'text', unit = '') => ({ id, label: both(en, es), kind, unit, facet: kind !== 'figure', usual: true });

const observed = [['PE', 'pe-devida-coca', DEVIDA], ['CO', 'co-simci-coca', SIMCI]].flatMap(([area, source, points]) =>
  points.map(([year, value]) => [String(year), area, 'coca-area', String(value), 'ha', source, figureId(`${area}${year}`)]));
const TABLES = {
  observations: () => [[column('date', 'Period', 'Periodo', 'date'), column('area', 'Area', 'Área', 'code'), column('measure', 'Measure', 'Medida', 'code'), column('value', 'Value', 'Valor', 'decimal'), column('unit', 'Unit', 'Unidad'), column('source', 'Source', 'Fuente', 'code'), column('figure', 'Figure', 'Cifra', 'figure')], observed],
  records: () => {
    const { columns, rows } = records({ areas: [], substances: [], from: '', to: '', offset: 0, limit: 5000 });
    return [columns.map((id) => column(id, id, id, id === 'amount' ? 'decimal' : id === 'date' ? 'date' : 'text')), rows];
  },
  vintages: () => [
    [column('intake', 'Intake', 'Lectura', 'count'), column('source', 'Source', 'Fuente', 'code'), column('vintage', 'Vintage', 'Edición'), column('read', 'Read', 'Leídas', 'count'), column('accepted', '= Accepted', '= Aceptadas', 'count'), column('held', '+ Held', '+ Retenidas', 'count'), column('rejected', '+ Rejected', '+ Rechazadas', 'count')],
    SOURCES.flatMap(({ id, vintages }) => vintages.map((one) => [String(one.intake), id, one.vintage, String(one.read), String(one.accepted), String(one.held), String(one.rejected)])),
  ],
  revisions: () => [[column('area', 'Area', 'Área', 'code'), column('period', 'Period', 'Periodo', 'date'), column('before', 'Before', 'Antes', 'decimal'), column('now', 'Now', 'Ahora', 'decimal'), column('percent', 'Per cent', 'Por ciento', 'decimal', '%'), column('source', 'Source', 'Fuente', 'code')], [['CO', '2020', '143000', '142784', '-0.2', 'co-simci-coca']]],
};
const LABELS = { area: { PE: both('Peru', 'Perú'), CO: both('Colombia') }, measure: { 'coca-area': both('Coca bush under cultivation', 'Superficie cultivada con coca') }, source: Object.fromEntries(SOURCES.map(({ id, title }) => [id, title])) };

export function table(params) {
  const name = params.get('table') ?? 'observations';
  const [columns, all] = TABLES[name]();
  const at = (id) => columns.findIndex((one) => one.id === id);
  const where = params.getAll('where');
  const wanted = Object.entries(grouped(where.map((text) => text.split('=')), ([id]) => id)).map(([id, pairs]) => [id, pairs.map(([, value]) => value)]);
  const fits = (row, but) => wanted.every(([id, values]) => id === but || values.includes(row[at(id)] ?? '')) && row.join(' ').toLowerCase().includes((params.get('find') ?? '').toLowerCase());
  const rows = all.filter((row) => fits(row));
  const facets = params.getAll('facet').filter((id) => at(id) >= 0).map((id) => {
    const counts = Object.entries(grouped(all.filter((row) => fits(row, id)), (row) => row[at(id)] ?? '')).map(([value, those]) => ({ value, label: LABELS[id]?.[value] ?? both(value), count: those.length }));
    return { column: id, label: columns[at(id)].label, distinct: counts.length, values: counts.sort((a, b) => b.count - a.count).slice(0, 30) };
  });
  const offset = Number(params.get('offset') ?? 0);
  const simulated = name === 'records';
  return {
    table: name, snapshot: SNAPSHOT, label: of(simulated ? 'demo-seizures' : 'co-simci-coca').label, sources: [credit(of(simulated ? 'demo-seizures' : 'co-simci-coca'))], columns, shown: columns.map(({ id }) => id),
    sort: params.get('sort') ?? '', where, total: rows.length, all: all.length, rows: rows.slice(offset, offset + Number(params.get('limit') ?? 50)), labels: LABELS, facets, withheld: [],
  };
}

export function changes(params) {
  const all = SOURCES.flatMap(({ id, title, vintages }) => vintages.map((one) => ({ source: id, title, ...one, again: false }))).sort((a, b) => b.intake - a.intake);
  const since = Number(params.get('since') ?? 0);
  return {
    snapshot: SNAPSHOT, since, now: all[0].intake, moments: all.map(({ intake, collected_at: at, source, vintage }) => ({ intake, at, source, vintage })), vintages: all.filter(({ intake }) => intake > since), revised: 54,
    largest: [{ source: 'co-simci-coca', measure: both('Coca bush under cultivation', 'Superficie cultivada con coca'), area: 'CO', name: both('Colombia'), substance: both(''), period: '2020', unit: both('ha'), before: '143000', now: '142784', percent: '-0.2', vintage_before: '2023', vintage: '2024' }],
    held: SOURCES.filter(({ held }) => held > 0).map(({ id, title, held }) => ({ source: id, title, held, overdue: null })), overdue: SOURCES.filter(({ overdue }) => overdue).map(({ id, title, overdue }) => ({ source: id, title, held: 0, overdue })),
  };
}

export function key() {
  const one = (area, place, source, points) => ({
    ask: `coca-area ${area}`, what: 'coca-area', area, substance: '', title: both('Coca bush under cultivation', 'Superficie cultivada con coca'), place, definition: both('net area at 31 December', 'superficie neta al 31 de diciembre'), unit: both('ha'),
    points: points.map(([year, value]) => ({ period: String(year), value: String(value), low: null, high: null, missing: '', status: 'A', figure: figureId(`${area}${year}`) })), rivals: 1, source: credit(of(source)), label: of(source).label, snapshot: SNAPSHOT,
  });
  return { chosen: false, problems: [], series: [one('PE', both('Peru', 'Perú'), 'pe-devida-coca', DEVIDA), one('CO', both('Colombia'), 'co-simci-coca', SIMCI)] };
}

export function figure(params) {
  const id = params.get('id');
  const row = observed.find((one) => one[6] === id);
  if (!row) return undefined;
  const [date, area, , value, , source] = row;
  const title = both(`Coca bush under cultivation, ${LABELS.area[area].en}, ${date}`, `Superficie cultivada con coca, ${LABELS.area[area].es}, ${date}`);
  return {
    figure: id, title, asked: [{ dim: 'area', label: both('Area', 'Área'), code: area, name: LABELS.area[area] }, { dim: 'year', label: both('Year', 'Año'), code: date, name: both(date) }], query: { what: 'coca-area' }, value: { value, low: null, high: null, missing: '', status: 'A', basis: 'reported' }, unit: both('ha'),
    snapshot: SNAPSHOT, as_of: 8, sources: [credit(of(source))], label: of(source).label, may_see: [both('anybody may see it and pass it on', 'cualquiera puede verla y compartirla')],
    behind: { total: 1, columns: [{ id: 'file', label: both('File', 'Archivo'), kind: 'text', unit: '' }, { id: 'value', label: both('Value', 'Valor'), kind: 'decimal', unit: '' }], rows: [['coca.csv', value]], labels: {} }, withheld: [],
    vintages: of(source).vintages.map(({ intake, vintage, collected_at, cut_off, prepared }) => ({ intake, source, vintage, collected_at, cut_off, prepared, value: { value } })), today: null, cite: both(`${title.en}: ${value} ha.`, `${title.es}: ${value} ha.`), notes: [],
  };
}
