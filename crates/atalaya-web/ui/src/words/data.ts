// Tables of records and observations.

export const data = {
  'records.title': { en: 'Records', es: 'Registros' },
  'records.lead': { en: 'Single seizures as they were reported, with the code each word was read as.', es: 'Incautaciones individuales tal como se informaron, con el código con que se leyó cada palabra.' },
  'records.caption': { en: 'Records of {source}, {from} to {to} of {total}', es: 'Registros de {source}, {from} a {to} de {total}' },
} as const;
