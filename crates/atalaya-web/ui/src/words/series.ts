// The series page.

export const series = {
  'series.title': { en: 'Series', es: 'Series' },
  'series.lead': { en: 'Rival figures stand side by side, one line per source and definition. They are never averaged.', es: 'Las cifras rivales están lado a lado, una línea por fuente y definición. Nunca se promedian.' },
  'series.lines': { en: 'Lines', es: 'Líneas' },
  'series.figure': { en: 'Figure', es: 'Cifra' },
  'series.provisional': { en: 'provisional', es: 'provisional' },
  'series.ghosts': { en: 'Show what earlier vintages said', es: 'Mostrar lo que decían ediciones anteriores' },
  'series.kind': { en: 'Drawn as', es: 'Dibujado como' },
  'series.kind.auto': { en: 'what suits', es: 'lo que convenga' },
  'series.kind.lines': { en: 'lines', es: 'líneas' },
  'series.kind.multiples': { en: 'small charts', es: 'gráficos pequeños' },
  'series.kind.bars': { en: 'bars, last year', es: 'barras, último año' },
  'series.nothing': { en: 'Not every measure has every area, substance or year. Take one of the choices away, or see under Coverage what was reported.', es: 'No toda medida tiene todas las áreas, sustancias o años. Quite alguna opción, o vea en Cobertura qué se informó.' },
  'series.table': { en: 'The numbers behind the chart', es: 'Los números detrás del gráfico' },
  'series.rows': { en: '{caption}: {n} rows', es: '{caption}: {n} filas' },
  'series.oneRow': { en: '{caption}: {n} row', es: '{caption}: {n} fila' },
  'series.noValue': { en: 'No value can be drawn; the table says why.', es: 'No hay valor que dibujar; la tabla dice por qué.' },
} as const;
