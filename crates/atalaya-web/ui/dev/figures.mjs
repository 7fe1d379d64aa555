// Figures for the mock server. Coca areas are published national totals; everything of a source
// marked `simulated` is invented here and describes nothing.

const from = (first, values) => values.map((value, i) => [first + i, value]);

/** UNODC/SIMCI, Colombia, hectares at 31 December (sums of the municipal table). */
export const SIMCI = from(2001, [
  136918, 102071, 86332, 80348, 85750, 77870, 98899, 80953, 68027, 61811, 63765, 47788, 48189, 69132, 96085, 146140, 171495, 169018,
  154476, 142784, 204257, 230028, 252572, 261386,
]);

/** DEVIDA, Peru, hectares. */
export const DEVIDA = from(2020, [61777, 80681, 95008, 92784, 89755]);
export const DEVIDA_AREAS = {
  'PE-AYA': ['Ayacucho', [17786, 18590, 18469, 20051, 18749]],
  'PE-CUS': ['Cusco', [13707, 13642, 16009, 15101, 14493]],
  'PE-LOR': ['Loreto', [6328, 10348, 13844, 12491, 12409]],
  'PE-PUN': ['Puno', [8730, 10670, 11347, 11483, 11904]],
  'PE-UCA': ['Ucayali', [3822, 10151, 14531, 12221, 11206]],
  'PE-JUN': ['Junín', [4882, 6701, 8063, 8921, 8883]],
  'PE-HUC': ['Huánuco', [1936, 3221, 3887, 4960, 4627]],
  'PE-SAM': ['San Martín', [1116, 2046, 2524, 2183, 2114]],
};

/** UNODC, World Drug Report 2025, annex 6.1.1, hectares; Peru has two definitions that overlap in 2011. */
export const ANNEX = [
  ['BO', 'net-area', from(2010, [31000, 27200, 25300, 23000, 20400, 20200, 23100, 24500, 23100, 25500, 29400, 30500, 29900, 31000])],
  ['CO', 'net-area', from(2010, [62000, 64000, 48000, 48000, 69000, 96000, 146000, 171000, 169000, 154000, 142800, 204300, 230000, 252600])],
  ['PE', 'image-date', from(2010, [61200, 64400])],
  ['PE', 'net-area', from(2011, [62500, 60400, 49800, 42900, 40300, 43900, 49900, 54100, 54700, 61800, 80681, 95000, 92800])],
];

/** Weight of a country in the simulated seizures. */
const WEIGHTS =
  'CO900 EC420 PE260 BO190 BR310 US520 MX240 PA230 CR160 VE120 GT70 SV60 HN50 DO140 ES330 BE290 NL270 DE210 FR190 GB200 PT120 IT150 ' +
  'IE30 SE40 NO35 PL32 TR60 GR40 AL12 MT9 MU14 SN28 NG22 ZA31 MA45 EG8 TZ4 CV6 GH7 CI9 AU95 NZ40 JP9 CN25 HK24 IN20 TH12 PH6 SG5 AE11 ' +
  'AR110 CL90 UY25 PY40 GY10 SR12 TT16 JM22 BS8 BB3 CU4 CA70 RU18 UA6';
export const COUNTRIES = WEIGHTS.split(' ').map((pair) => [pair.slice(0, 2), Number(pair.slice(2))]);

/** The same numbers at every start. */
export function chance(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export const YEARS = [2016, 2017, 2018, 2019, 2020, 2021, 2022, 2023];

/** Seizures by country and year: number, and kilograms. Some countries skip years, some report zero. */
export function seizures() {
  const next = chance(7);
  return COUNTRIES.flatMap(([area, weight]) =>
    YEARS.flatMap((year) => {
      const skipped = next() < (weight < 30 ? 0.35 : weight < 200 ? 0.08 : 0);
      if (skipped) return [];
      const count = weight < 6 && next() < 0.4 ? 0 : Math.round(weight * (0.6 + 0.9 * next()));
      return [{ area, year, records: count, kg: (count * (4 + 60 * next())).toFixed(1), withoutKg: Math.round(count * 0.07) }];
    }),
  );
}
