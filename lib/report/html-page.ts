import { html, Markup } from '#lib/report/html-markup.ts';
import { STYLE } from '#lib/report/html-style.ts';

export interface Page {
  readonly title: string;
  readonly header: Markup;
  readonly main: Markup;
  readonly footer: Markup;
}

/** Nothing is fetched and nothing runs, even if some text of a cluster should get past the escaping. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** A document of its own: one file, no script, no request. */
export function pageText({ title, header, main, footer }: Page): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<header>
${header}
</header>
<main>
${main}</main>
${footer}
</body>
</html>
`.source;
}
