// Around a drawing: how to read it, and what can be taken away.

export const chart = {
  'chart.keys': { en: 'Drawing. Arrow keys read its points, Enter opens the figure.', es: 'Dibujo. Las flechas leen sus puntos, Intro abre la cifra.' },
  'chart.interval': { en: 'interval {low} to {high}', es: 'intervalo de {low} a {high}' },
  'chart.take': { en: 'Take it away', es: 'Llevárselo' },
  'chart.figure': { en: 'Figure', es: 'Cifra' },
  'chart.cite': { en: 'Cite, link, make it again', es: 'Citar, enlazar, hacerlo de nuevo' },
  'chart.link': { en: 'Link', es: 'Enlace' },
  'chart.command': { en: 'The same from the command line', es: 'Lo mismo desde la línea de comandos' },
} as const;
