// The sources of the mock observatory, as /api/v1/status states them.

import { createHash } from 'node:crypto';

export const both = (en, es = en) => ({ en, es });
export const hash = (text) => createHash('sha256').update(text).digest('hex');
export const SNAPSHOT = hash('snapshot');

function vintage(intake, name, counts, more = {}) {
  const files = (more.files ?? [[`${name}.csv`, 120_000]]).map(([file, bytes, member]) => ({ name: file, ...(member && { member }), sha256: hash(file + name), bytes }));
  const [read, accepted, held, rejected, items] = counts;
  return {
    intake, vintage: name, current: more.current ?? true, collected_at: more.collected ?? '2026-11-23T20:00:00Z',
    cut_off: more.cutOff ?? null, prepared: more.prepared ?? null, read, accepted, held, rejected, items,
    root: hash(`root ${name}`), recipe: hash(`recipe ${name}`), files, notices: more.notices ?? [], changed: more.changed ?? null,
  };
}

function source(id, title, producer, table, tlp, vintages, more = {}) {
  const { read, accepted, held, rejected, items } = vintages[0];
  return {
    id, title, producer, licence: more.licence ?? 'CC BY 4.0', url: more.url ?? '', table,
    label: { tlp, purpose: 'analysis', recipients: more.recipients ?? ['*'], rows: more.rows ?? 'releasable' },
    simulated: more.simulated ?? false, overdue: more.overdue ?? null, new_files: more.newFiles ?? 0,
    read, accepted, held, rejected, items, first_period: more.first, last_period: more.last, areas: more.areas, vintages,
  };
}

export const SOURCES = [
  source('co-simci-coca', both('Coca cultivation by municipality', 'Cultivos de coca por municipio'), 'UNODC / SIMCI', 'observations', 'TLP:CLEAR', [
    vintage(4, '2024', [319, 316, 2, 1, 7584], {
      cutOff: '2024-12-31', prepared: '2026-08-31', files: [['Deteccion_Cultivos_Coca_hectareas_20260831.csv', 61_204]],
      changed: { added: 319, removed: 0, revised: 12, same: 7253 },
      notices: [both('Column 2020 writes numbers as 8.832,92 and the other columns as 8832.92: each column was read by its own form.', 'La columna 2020 escribe los números como 8.832,92 y las demás como 8832.92: cada columna se leyó según su propia forma.')],
    }),
    vintage(2, '2023', [319, 319, 0, 0, 7337], { current: false, cutOff: '2023-12-31', prepared: '2025-03-10', collected: '2026-02-02T10:00:00Z' }),
  ], { url: 'https://www.datos.gov.co/d/acs4-3wgp', first: '2001-01-01', last: '2024-12-31', areas: 319, licence: 'CC BY-SA 4.0' }),
  source('pe-devida-coca', both('Coca bush area by department', 'Superficie de arbusto de coca por departamento'), 'DEVIDA', 'observations', 'TLP:CLEAR', [
    vintage(5, '2024', [14, 13, 0, 1, 70], { cutOff: '2024-12-31', prepared: '2025-06-20', changed: { added: 14, removed: 0, revised: 1, same: 55 } }),
  ], { url: 'https://sistemas.devida.gob.pe/siscod', first: '2020-01-01', last: '2024-12-31', areas: 14, overdue: both('The next vintage was expected by 30 June 2026.', 'La siguiente edición se esperaba para el 30 de junio de 2026.') }),
  source('unodc-wdr-coca', both('World Drug Report 2025, annex 6.1.1: coca cultivation', 'Informe Mundial sobre las Drogas 2025, anexo 6.1.1: cultivo de coca'), 'UNODC', 'observations', 'TLP:GREEN', [
    vintage(6, '2025', [5, 4, 0, 1, 57], { prepared: '2025-06-26', files: [['6.1.1_Coca_cultivation.xlsx', 18_950]] }),
  ], { url: 'https://www.unodc.org', licence: 'UN terms of use', first: '2010-01-01', last: '2023-12-31', areas: 3 }),
  source('demo-seizures', both('Individual seizures, demonstration', 'Incautaciones individuales, demostración'), 'Atalaya testkit', 'records', 'TLP:AMBER+STRICT', [
    vintage(7, '2026-10', [12480, 12402, 61, 17, 12402], {
      cutOff: '2026-09-30', prepared: '2026-10-12', files: [['agency-a-2026-10.xlsx', 940_112, 'seizures'], ['agency-b-2026-10.csv', 402_511]],
      changed: { added: 1204, removed: 3, revised: 41, same: 11154 },
      notices: [both('Agency B renamed `UNIDAD` to `UNIDAD(ES) DE MEDIDA`; the recipe knows both names.', 'La agencia B cambió `UNIDAD` por `UNIDAD(ES) DE MEDIDA`; la receta conoce ambos nombres.')],
    }),
    vintage(3, '2026-09', [11240, 11188, 40, 12, 11188], { current: false, cutOff: '2026-08-31', collected: '2026-09-14T15:20:00Z' }),
    vintage(1, '2026-08', [10111, 10080, 20, 11, 10080], { current: false, cutOff: '2026-07-31', collected: '2026-08-12T15:20:00Z' }),
  ], { simulated: true, newFiles: 2, rows: 'not-releasable', recipients: ['PE', 'US'], first: '2016-01-01', last: '2023-12-31', areas: 61, licence: 'CC0-1.0' }),
  source('demo-survey', both('Household survey, demonstration', 'Encuesta de hogares, demostración'), 'Atalaya testkit', 'observations', 'TLP:RED', [
    vintage(8, '2026', [28, 28, 0, 0, 28], { cutOff: '2026-06-30', prepared: '2026-09-01' }),
  ], { simulated: true, recipients: [], first: '2010-01-01', last: '2025-12-31', areas: 2, licence: 'CC0-1.0' }),
];

export const STATUS = {
  observatory: 'peru', program: '0.1.0', snapshot: SNAPSHOT, store_bytes: 41_203_712,
  integrity: { ok: true, checked: 5, problems: [] }, sources: SOURCES,
};
