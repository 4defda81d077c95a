import { MAP_STYLE } from '#lib/report/html-map-style.ts';

/** The report's style sheet: follows the reader's light or dark setting, and prints with everything unfolded. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --text: #1b1f24; --soft: #59636e; --line: #d8dee4; --link: #0a58ca;
  --critical: #b3162c; --unknown: #7a3cb8; --warning: #8a5300; --ok: #1a6e34; --na: #59636e;
  --critical-soft: #fdebed; --unknown-soft: #f5eefc; --warning-soft: #fff4de; --ok-soft: #e7f5ea; --na-soft: #eef0f2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1318; --card: #171c23; --text: #e6eaef; --soft: #9aa5b1; --line: #2c343d; --link: #79b0ff;
    --critical: #ff8f9c; --unknown: #cda6ff; --warning: #f2bd5c; --ok: #74d190; --na: #9aa5b1;
    --critical-soft: #3a171c; --unknown-soft: #2a1e3a; --warning-soft: #33260d; --ok-soft: #12301c; --na-soft: #232a32;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 68rem; padding: 2rem 1.25rem 4rem; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0; }
h2 { font-size: 1.25rem; margin: 0; display: flex; flex-wrap: wrap; align-items: center; gap: .6rem; overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
p { margin: .35rem 0; overflow-wrap: anywhere; }
a { color: var(--link); }
code, .id { font: .875em/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
header p, .soft { color: var(--soft); }
.tally { display: flex; flex-wrap: wrap; gap: .6rem; list-style: none; margin: 1.25rem 0; padding: 0; }
.tally li { flex: 1 1 7rem; border-radius: .6rem; padding: .6rem .9rem; background: var(--soft-colour); color: var(--colour); }
.tally strong { display: block; font-size: 1.7rem; line-height: 1.15; font-variant-numeric: tabular-nums; }
.badge { display: inline-block; border-radius: 99rem; padding: .1rem .65rem; font-size: .75rem; font-weight: 700; letter-spacing: .03em;
  text-transform: uppercase; white-space: nowrap; background: var(--soft-colour); color: var(--colour); }
.critical { --colour: var(--critical); --soft-colour: var(--critical-soft); }
.unknown { --colour: var(--unknown); --soft-colour: var(--unknown-soft); }
.warning { --colour: var(--warning); --soft-colour: var(--warning-soft); }
.ok { --colour: var(--ok); --soft-colour: var(--ok-soft); }
.not-applicable { --colour: var(--na); --soft-colour: var(--na-soft); }
section { margin-top: 2.75rem; }
section section { margin-top: 1.5rem; }
h2 + .panel { margin-top: .6rem; }
.note { border-left: .3rem solid var(--warning); padding: .3rem .8rem; background: var(--warning-soft); color: var(--text); }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
caption { text-align: left; color: var(--soft); font-size: .875rem; padding: 0 0 .4rem; }
th, td { text-align: left; vertical-align: top; padding: .45rem .7rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
thead th { color: var(--soft); font-weight: 600; font-size: .8rem; overflow-wrap: normal; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: normal; white-space: nowrap; }
.panel { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; overflow-x: auto; }
.panel > table > caption { padding: .6rem .7rem .2rem; }
.panel > table tr:last-child > * { border-bottom: 0; }
article { background: var(--card); border: 1px solid var(--line); border-left: .3rem solid var(--colour); border-radius: .6rem;
  padding: .85rem 1.1rem; margin-top: .8rem; }
article h3 { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; }
.do { margin-top: .5rem; }
.do b { color: var(--colour); }
details { margin-top: .6rem; }
details > summary { cursor: pointer; color: var(--soft); font-size: .9rem; width: fit-content; }
details.group { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .6rem 1.1rem; }
details.group > summary { width: auto; font-size: .95rem; color: var(--text); }
table.evidence, table.records { font-size: .85rem; width: auto; min-width: 45%; margin: .3rem 0; }
table.evidence th { color: var(--soft); font-weight: 500; font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: nowrap; }
table.evidence th, table.evidence td, table.records th, table.records td { padding: .2rem .6rem .2rem 0; }
table.evidence td { font-variant-numeric: tabular-nums; }
${MAP_STYLE}
footer { margin-top: 3rem; color: var(--soft); font-size: .85rem; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
@media print {
  body { max-width: none; padding: 0; font-size: 11px; background: none; }
  section, article { break-inside: auto; }
  article, tr { break-inside: avoid; }
  .badge, .tally li { border: 1px solid var(--colour); }
  details::details-content { content-visibility: visible; block-size: auto; }
}`;
