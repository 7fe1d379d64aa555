// The map page.

export const map = {
  'map.title': { en: 'Map', es: 'Mapa' },
  'map.lead': { en: 'One figure by country. The classes are the same for every year, so that years compare.', es: 'Una cifra por país. Las clases son las mismas todos los años, para que los años se comparen.' },
  'map.noData': { en: 'no data', es: 'sin datos' },
  'map.zero': { en: 'zero', es: 'cero' },
  'map.equal': { en: 'Classes of equal width.', es: 'Clases de igual amplitud.' },
  'map.log': { en: 'Each class is ten times the one before.', es: 'Cada clase es diez veces la anterior.' },
  'map.projection': { en: 'Equal Earth projection: areas keep their proportion. Borders: Natural Earth; they imply no opinion on any frontier.', es: 'Proyección Equal Earth: las áreas guardan su proporción. Fronteras: Natural Earth; no implican opinión sobre ningún límite.' },
  'map.small': { en: 'Too small for this map, in the table only: {list}', es: 'Demasiado pequeños para este mapa, solo en la tabla: {list}' },
  'map.world': { en: 'World', es: 'Mundo' },
  'map.americas': { en: 'Americas', es: 'América' },
  'map.andes': { en: 'South America', es: 'América del Sur' },
  'map.europe': { en: 'Europe', es: 'Europa' },
  'map.africa': { en: 'Africa', es: 'África' },
  'map.asia': { en: 'Asia and Oceania', es: 'Asia y Oceanía' },
  'map.play': { en: 'Year {year}', es: 'Año {year}' },
  'map.table': { en: 'The numbers behind the map, {year}', es: 'Los números detrás del mapa, {year}' },
  'map.countries': { en: '{n} countries with a figure in {year}', es: '{n} países con una cifra en {year}' },
  'map.rivals': { en: 'Several series answer. They are never averaged or added: the map shows one at a time.', es: 'Responden varias series. Nunca se promedian ni se suman: el mapa muestra una a la vez.' },
} as const;
