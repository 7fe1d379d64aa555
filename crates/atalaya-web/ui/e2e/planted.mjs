// A made-up list of seizures in which some are known to be reported twice: each of one department
// stands twice, and single ones come back at the end in other words or with fewer digits.

const PLACES = { Loreto: ['Iquitos', 'Caballococha', 'Nauta'], Ucayali: ['Pucallpa', 'Atalaya'], Cusco: ['Kimbiri', 'Pichari', 'Quillabamba'], Puno: ['Desaguadero', 'Juliaca'], Ayacucho: ['Huanta', 'Llochegua'], Lima: ['Callao', 'Ventanilla'], Junin: ['Mazamari', 'Satipo'] };
const DRUGS = ['Clorhidrato de cocaína', 'Pasta básica de cocaína', 'Marihuana'];
const ROWS = 700;
export const SINGLES = 24;
export const LIST = 30;

/** Numbers between 0 and 1, the same every time. */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The rows: department, place, date, drug, amount in grams. */
function rows() {
  const next = numbers(42);
  const pick = (all) => all[Math.floor(next() * all.length)];
  const seizure = (department, places) => {
    const day = new Date(Date.UTC(2021, 0, 1 + Math.floor(next() * 1090)));
    return { department, place: pick(places), date: day.toISOString().slice(0, 10), drug: pick(DRUGS), grams: Math.round(Math.exp(3 + next() * 9) * 10) };
  };
  const world = Array.from({ length: ROWS }, () => {
    const department = pick(Object.keys(PLACES));
    return seizure(department, PLACES[department]);
  });
  const list = Array.from({ length: LIST }, () => seizure('Tumbes', ['Aguas Verdes', 'Zarumilla']));
  // Large amounts to the gram are rare: two that agree are one.
  const again = world.filter((one) => one.grams > 5000).slice(0, SINGLES);
  return { world, list, again };
}

/** The file, as an agency would send it. */
export function csv(name) {
  const { world, list, again } = rows();
  const line = ({ department, place, date, drug, grams }, unit = 'g') => [department, place, date, drug, unit === 'g' ? grams : grams / 1000, unit].join(';');
  const once = [...world, ...list].map((one) => line(one));
  const twice = [...list.map((one) => line(one)), ...again.map((one, i) => line({ ...one, place: i % 2 ? one.place.toUpperCase() : one.place }, i % 3 ? 'kg' : 'g'))];
  return [`Departamento;Lugar ${name};Fecha;Droga;Cantidad;Unidad`, ...once, ...twice].join('\n');
}

async function post(url, path, body) {
  const plain = typeof body === 'string';
  const answer = await fetch(`${url}/api/v1/${path}`, { method: 'POST', body: plain ? body : JSON.stringify(body), headers: { 'Content-Type': plain ? 'application/octet-stream' : 'application/json' } });
  const said = await answer.json();
  if (!answer.ok) throw new Error(`${path}: ${JSON.stringify(said)}`);
  return said;
}

/** Collects it in a program that may be written to; says the source. */
export async function plant(url) {
  const name = `doble-${Date.now().toString(36)}`;
  const { file } = await post(url, `draft?name=${name}.csv`, csv(name));
  const columns = { Departamento: { is: 'area' }, [`Lugar ${name}`]: { is: 'place' }, Fecha: { is: 'date' }, Droga: { is: 'substance' }, Cantidad: { is: 'amount' }, Unidad: { is: 'unit' } };
  const { recipe } = await post(url, 'draft/again', { file, id: name, said: { title: 'Seizures of a test', producer: 'A test', licence: 'as agreed', kind: 'records', columns, always: {} } });
  const { source } = await post(url, 'recipe', { recipe, file });
  const { sources } = await post(url, 'load', { source, file });
  const counts = sources[0]?.intakes[0]?.counts;
  if (!counts || counts.accepted !== ROWS + 2 * LIST + SINGLES) throw new Error(`the planted list was not read whole: ${JSON.stringify(sources)}`);
  return source;
}
