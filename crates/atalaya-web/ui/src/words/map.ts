// The map page.

export const map = {
  'map.title': { en: 'Map', es: 'Mapa' },
  'map.lead': { en: 'One figure by area. The classes are the same for every year, so that years compare.', es: 'Una cifra por área. Las clases son las mismas todos los años, para que los años se comparen.' },
  'map.level': { en: 'Areas', es: 'Áreas' },
  'map.level.any': { en: 'as reported', es: 'según lo informado' },
  'map.level.country': { en: 'countries', es: 'países' },
  'map.level.admin1': { en: 'departments, states', es: 'departamentos, estados' },
  'map.level.admin2': { en: 'provinces, municipalities', es: 'provincias, municipios' },
  'map.level.admin3': { en: 'districts', es: 'distritos' },
  'map.within': { en: 'Within', es: 'Dentro de' },
  'map.kind': { en: 'Drawn as', es: 'Dibujado como' },
  'map.kind.map': { en: 'one map', es: 'un mapa' },
  'map.kind.maps': { en: 'a small map a year', es: 'un mapa pequeño por año' },
  'map.play': { en: 'Year {year}', es: 'Año {year}' },
  'map.start': { en: 'Play the years', es: 'Recorrer los años' },
  'map.stop': { en: 'Stop', es: 'Detener' },
  'map.table': { en: 'The numbers behind the map, {year}', es: 'Los números detrás del mapa, {year}' },
  'map.outlines.line': { en: '{n} outlines: {level}, {where}.', es: '{n} contornos: {level}, {where}.' },
  'map.outlines.world': { en: 'the world', es: 'el mundo' },
  'map.outlines': { en: 'An area has no outline?', es: '¿Un área no tiene contorno?' },
  'map.outlines.help': { en: 'Countries are built in. Outlines of departments, provinces, districts or municipalities are loaded from a GeoJSON file:', es: 'Los países vienen incluidos. Los contornos de departamentos, provincias, distritos o municipios se cargan de un archivo GeoJSON:' },
} as const;
