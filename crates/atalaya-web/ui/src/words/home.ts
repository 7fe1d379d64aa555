// The first page.

export const home = {
  'home.title': { en: 'What changed', es: 'Qué cambió' },
  'home.lead': { en: 'New vintages, revised figures and rows that wait for a decision.', es: 'Ediciones nuevas, cifras revisadas y filas que esperan una decisión.' },
} as const;
