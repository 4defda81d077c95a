import type { Render } from '#lib/report/document.ts';

/** Every format, by its name on the command line; each is loaded only when it is asked for. */
export const FORMATS = {
  table: () => import('#lib/report/table.ts'),
  json: () => import('#lib/report/json.ts'),
  markdown: () => import('#lib/report/markdown.ts'),
  html: () => import('#lib/report/html.ts'),
  junit: () => import('#lib/report/junit.ts'),
  csv: () => import('#lib/report/csv.ts'),
  prometheus: () => import('#lib/report/prometheus.ts'),
} as const satisfies Record<string, () => Promise<{ readonly render: Render }>>;

export type Format = keyof typeof FORMATS;
