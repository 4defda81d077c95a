import * as z from 'zod';
import { FINDING_EVENTS } from '#lib/model/event.ts';

/** `Finding Opened` is `schemas/finding-opened.json`. */
export const schemaFile = (type: string): string => `schemas/${type.toLowerCase().replaceAll(' ', '-')}.json`;

/**
 * JSON Schema (draft 7) of each event's `detail`, by its file under docs/. Further properties are allowed: a later cniwatch may add some,
 * and `schemaVersion` grows with every change that a reader would misread.
 */
export function eventSchemas(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(FINDING_EVENTS).map(([type, detail]) => {
      const { $schema, ...schema } = z.toJSONSchema(detail, { io: 'input', target: 'draft-7' });
      return [schemaFile(type), `${JSON.stringify({ $schema, title: type, ...schema }, null, 2)}\n`];
    }),
  );
}
