import * as z from 'zod';
import { CHECKS } from '#lib/checks/index.ts';
import { configJsonSchema } from '#lib/config/schema.ts';
import { fleetReport } from '#lib/model/fleet-report.ts';
import { webhookBody } from '#lib/model/notification.ts';
import { REPORT_PUBLISHED, reportPublished } from '#lib/model/report-event.ts';
import { triageDocument } from '#lib/model/triage.ts';
import { grafanaDashboard } from '#lib/publish/dashboard/grafana-dashboard.ts';
import { costPage } from '#scripts/docs/cost-page.ts';
import { eventSchemas } from '#scripts/docs/event-schemas.ts';
import { permissionsPage } from '#scripts/docs/permissions-page.ts';
import { remediationPages } from '#scripts/docs/remediation-pages.ts';

/** What is generated beside the checks' pages, by its name under docs/. */
export function generatedPages(): ReadonlyMap<string, string> {
  return new Map([
    ['cost.md', costPage()],
    ['permissions.md', permissionsPage()],
    ['schemas/triage.json', `${JSON.stringify(z.toJSONSchema(triageDocument), null, 2)}\n`],
    ['schemas/webhook.json', `${JSON.stringify(z.toJSONSchema(webhookBody, { io: 'input', target: 'draft-7' }), null, 2)}\n`],
    ['grafana/cniwatch.json', `${JSON.stringify(grafanaDashboard(CHECKS), null, 2)}\n`],
    ['schemas/fleet-report.json', schemaText('Fleet report', fleetReport)],
    ['schemas/report-published.json', schemaText(REPORT_PUBLISHED, reportPublished)],
    ['cniwatch.schema.json', `${JSON.stringify(configJsonSchema(CHECKS), null, 2)}\n`],
    ...eventSchemas(),
    ...remediationPages(),
  ]);
}

/** JSON Schema (draft 7); further properties are allowed. */
function schemaText(title: string, document: z.ZodType): string {
  const { $schema, ...schema } = z.toJSONSchema(document, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ $schema, title, ...schema }, null, 2)}\n`;
}
