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
  'series.ghosts': { en: 'Show what earlier vintages said', es: 'Mostrar lo que decían ediciones anteriores' },
  'series.each': { en: 'Small charts', es: 'Gráficos pequeños' },
  'series.each.none': { en: 'one chart', es: 'un gráfico' },
  'series.each.area': { en: 'one for each area', es: 'uno por área' },
  'series.each.substance': { en: 'one for each substance', es: 'uno por sustancia' },
  'series.nothing': { en: 'Not every measure has every area, substance or year. Take one of the choices away, or see under Coverage what was reported.', es: 'No toda medida tiene todas las áreas, sustancias o años. Quite alguna opción, o vea en Cobertura qué se informó.' },
  'series.table': { en: 'The numbers behind the chart', es: 'Los números detrás del gráfico' },
  'series.noValue': { en: 'No value can be drawn; the table says why.', es: 'No hay valor que dibujar; la tabla dice por qué.' },
} as const;
