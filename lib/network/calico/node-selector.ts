import * as z from 'zod';
import { compileCalicoSelector, isReadable } from '#lib/network/policy/calico-selector.ts';
import type { CompiledSelector } from '#lib/network/policy/selectors.ts';

/** A selector of an object of Calico, compiled. Text that is none is an issue: what it selects is not known. */
export const nodeSelector = z.string().transform((text, context): CompiledSelector => {
  const compiled = compileCalicoSelector(text);
  if (isReadable(compiled)) return compiled;
  context.addIssue({ code: 'custom', message: `${text} is no selector of Calico` });
  return z.NEVER;
});
