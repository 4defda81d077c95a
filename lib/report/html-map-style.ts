/**
 * Of the map of a subnet: every kind of block has a character and a colour of its own, so neither sight of colours nor paper loses any.
 * The colours are told apart by all common kinds of colour blindness. Source: Okabe and Ito, "Color Universal Design".
 */
export const MAP_STYLE = `.map { display: flex; flex-wrap: wrap; gap: .6rem 2rem; align-items: flex-start; margin: .5rem 0; }
.map table { width: auto; font: .8rem/1 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.map th, .map td { padding: 1px .8rem 1px 0; border: 0; white-space: nowrap; vertical-align: middle; overflow-wrap: normal; }
.map th { color: var(--soft); font-weight: 400; }
.map td .soft { padding-left: .6rem; font-size: .75rem; }
.map ul { list-style: none; margin: 0; padding: 0; font-size: .85rem; line-height: 1.7; }
.run { --blocks: 1; display: inline-block; width: calc(var(--blocks) * 1.25em); padding: .18rem 0 .18rem .33em; letter-spacing: calc(1.25em - 1ch); overflow: hidden;
  font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: nowrap; vertical-align: middle;
  background: var(--block); color: var(--mark); box-shadow: inset 0 0 0 1px color-mix(in srgb, var(--mark) 25%, transparent);
  print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.map ul .run { line-height: 1; }
.free { --block: transparent; --mark: var(--soft); }
.reserved { --block: #56b4e9; --mark: #06202f; }
.kept { --block: repeating-linear-gradient(135deg, var(--line) 0 3px, transparent 3px 6px); --mark: var(--text); }
.amazon { --block: var(--na-soft); --mark: var(--soft); }
.prefix { --block: #0072b2; --mark: #ffffff; }
.their-prefix { --block: #a8508a; --mark: #ffffff; }
.leaked { --block: #f0e442; --mark: #2d2a00; }
.ours { --block: #e69f00; --mark: #2b1d00; }
.theirs { --block: #b84a00; --mark: #ffffff; }`;
