// The series page.

export const series = {
  'series.title': { en: 'Series', es: 'Series' },
  'series.lead': { en: 'Rival figures stand side by side, one line per source and definition. They are never averaged.', es: 'Las cifras rivales están lado a lado, una línea por fuente y definición. Nunca se promedian.' },
  'series.lines': { en: 'Lines', es: 'Líneas' },
  'series.more': { en: 'The chart shows {shown} of {all} lines; the table has the rows of those shown.', es: 'El gráfico muestra {shown} de {all} líneas; la tabla tiene las filas de las mostradas.' },
  'series.figure': { en: 'Figure', es: 'Cifra' },
  'series.provisional': { en: 'provisional', es: 'provisional' },
  'series.provisionalMark': { en: 'Hollow: provisional', es: 'Punto hueco: provisional' },
  'series.bandMark': { en: 'Band: low to high', es: 'Banda: de bajo a alto' },
  'series.haloMark': { en: 'Halo: two lines that coincide', es: 'Halo: dos líneas que coinciden' },
  'series.gapMark': { en: 'Broken line: nothing reported', es: 'Línea cortada: nada informado' },
  'series.table': { en: 'The numbers behind the chart', es: 'Los números detrás del gráfico' },
  'series.noValue': { en: 'No value can be drawn; the table says why.', es: 'No hay valor que dibujar; la tabla dice por qué.' },
} as const;
