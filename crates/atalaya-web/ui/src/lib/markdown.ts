// The Markdown that the program's own appendix is written in, as parts to be shown: headings,
// paragraphs, lists, bold and code. Everything else stays the text it is.

export interface Span {
  kind: 'text' | 'bold' | 'code';
  text: string;
}

export interface Block {
  kind: 'h1' | 'h2' | 'p' | 'ul' | 'ol';
  lines: Span[][];
}

const START: [RegExp, Block['kind']][] = [
  [/^# /, 'h1'],
  [/^## /, 'h2'],
  [/^- /, 'ul'],
  [/^\d+\. /, 'ol'],
];

/** The blocks of a text. */
export function blocks(text: string): Block[] {
  const found: Block[] = [];
  let open = false;
  for (const line of text.split('\n')) {
    if (line.trim() === '') {
      open = false;
      continue;
    }
    const [start, kind] = START.find(([one]) => one.test(line)) ?? [/^/, 'p' as const];
    const said = spans(line.replace(start, '').trim());
    const last = found.at(-1);
    if (open && last && last.kind === kind && (kind === 'ul' || kind === 'ol')) last.lines.push(said);
    else found.push({ kind, lines: [said] });
    open = true;
  }
  return found;
}

/** Bold and code of a line; an escaped sign is the sign. */
function spans(line: string): Span[] {
  const out: Span[] = [];
  const plain = (text: string) => text.replace(/\\([\\`*_[\]|~#])/g, '$1').replaceAll('&lt;', '<');
  const put = (kind: Span['kind'], text: string) => {
    if (text !== '') out.push({ kind, text });
  };
  let from = 0;
  for (const hit of line.matchAll(/(?<!\\)\*\*((?:[^*\\]|\\.)+)\*\*|(?<!\\)`([^`]+)`/g)) {
    put('text', plain(line.slice(from, hit.index)));
    if (hit[1] !== undefined) put('bold', plain(hit[1]));
    else put('code', hit[2] ?? '');
    from = hit.index + hit[0].length;
  }
  put('text', plain(line.slice(from)));
  return out;
}
