import { section } from '#lib/cli/sections.ts';
import { plainText } from '#lib/model/plain-text.ts';
import type { Precondition, Refusal } from '#lib/model/remediation.ts';
import type { RemediationOwner } from '#lib/model/remediation-owner.ts';
import type { Change, RemediationPlan } from '#lib/model/remediation-plan.ts';
import type { RemediationStep } from '#lib/model/remediation-step.ts';
import type { Target } from '#lib/model/target.ts';
import { escapeMarkdown } from '#lib/report/markdown.ts';
import { wrap } from '#lib/report/wrap.ts';

/** What `cniwatch plan` prints as JSON. */
export interface PlanDocument {
  readonly schemaVersion: 1;
  readonly generatedAt: string;
  readonly remediation: string;
  readonly title: string;
  readonly cluster: Pick<Target, 'account' | 'region' | 'name' | 'arn'>;
  /** There is a plan, and every precondition holds. */
  readonly ready: boolean;
  readonly plan?: RemediationPlan;
  /** Why there is no plan. */
  readonly refusals?: readonly Refusal[];
  readonly preconditions: readonly Precondition[];
}

const NOTHING_APPLIED = 'Nothing was changed: this version of cniwatch makes plans and applies none.';

type Part = readonly [title: string, entries: readonly (readonly [string, string])[], code?: string | undefined];

/** For a terminal. */
export function planText(document: PlanDocument, width: number): string {
  const clean = ([left, right]: readonly [string, string]) => [plainText(left), plainText(right)] as const;
  return [
    ...wrap(plainText(headline(document)), width),
    ...parts(document).flatMap(([title, entries, code]) => [
      ...section(title, entries.map(clean), width),
      ...(code === undefined ? [] : codeLines(code).map((line) => `      ${line}`)),
    ]),
    '',
    ...wrap(NOTHING_APPLIED, width),
    '',
  ].join('\n');
}

/** For a ticket or a pull request. */
export function planMarkdown(document: PlanDocument): string {
  const blocks = parts(document).flatMap(([title, entries, code]) => [
    `## ${title}`,
    entries
      .map(
        ([left, right]) =>
          `- ${[left, right]
            .filter((text) => text !== '')
            .map(escapeMarkdown)
            .join(': ')}`,
      )
      .join('\n'),
    ...(code === undefined ? [] : [fenced(code)]),
  ]);
  return `${[`# ${escapeMarkdown(headline(document))}`, ...blocks, NOTHING_APPLIED].join('\n\n')}\n`;
}

/** With their indentation, and without anything that a terminal or a page acts on. */
function codeLines(code: string): readonly string[] {
  return code
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/[\p{Cc}\p{Cf}]/gu, ''));
}

/** A fence longer than any in the text. */
function fenced(code: string): string {
  const fence = '`'.repeat(Math.max(3, ...[...code.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)));
  return [fence, ...codeLines(code), fence].join('\n');
}

function headline({ remediation, title, cluster, plan, ready, preconditions }: PlanDocument): string {
  const what = `${remediation} on ${cluster.name} in ${cluster.region} (account ${cluster.account})`;
  if (plan === undefined) return `Refused: ${what}. ${title}.`;
  const failing = preconditions.filter(({ holds }) => holds !== 'yes').length;
  return ready
    ? `Ready: ${what}. ${plan.summary}`
    : `Not ready, ${failing} of ${preconditions.length} preconditions do not hold: ${what}. ${plan.summary}`;
}

function parts({ plan, refusals = [], preconditions }: PlanDocument): readonly Part[] {
  const all: readonly Part[] = [
    [
      'Why there is no plan',
      refusals.flatMap(({ reason, remedy }) => [['', reason] as const, ['', `What to do: ${remedy}`] as const]),
    ],
    ['Preconditions that do not hold', preconditions.filter(({ holds }) => holds !== 'yes').map(failing)],
    ...(plan === undefined ? [] : planParts(plan)),
    [
      'Preconditions that hold',
      preconditions.filter(({ holds }) => holds === 'yes').map((each) => [nameOf(each), each.value] as const),
    ],
  ];
  return all.filter(([, entries]) => entries.length > 0);
}

function failing(precondition: Precondition): readonly [string, string] {
  const { holds, value, wanted, remedy } = precondition;
  const found = holds === 'unknown' ? `not known (${value})` : value;
  return [nameOf(precondition), `${found}; wanted: ${wanted}. ${remedy}`];
}

const nameOf = ({ name, resource }: Precondition): string => (resource === undefined ? name : `${name} ${resource}`);

function planParts(plan: RemediationPlan): readonly Part[] {
  const { steps, changes, gain, rollback, verification, owner, auto, sourcePatch } = plan;
  const sentences = (texts: readonly string[]) => texts.map((text) => ['', text] as const);
  return [
    ['What would be called', steps.map(stepEntry)],
    ['What changes', changes.map(changeEntry)],
    [
      'What it gains and risks',
      [
        ...(gain === null ? [] : [['gain', `${gain.what}: ${gain.before} -> ${gain.after}`] as const]),
        ['risk', plan.risk],
        [
          'approvals',
          `${plan.approvals}; ${auto.allowed ? 'a configuration may let it run by itself' : `never by itself: ${auto.reason}`}`,
        ],
      ],
    ],
    ['What cannot be undone', sentences(plan.irreversible)],
    ['Warnings', sentences(plan.warnings)],
    ['Who owns it', [['', ownerText(owner)], ...(sourcePatch ? [['', sourcePatch.where] as const] : [])], sourcePatch?.text],
    [
      'How it is verified',
      [
        ...sentences(verification.holds),
        [
          '',
          `Within ${Math.round(verification.deadlineSeconds / 60)} minutes${verification.lookAfterPercent === undefined ? '' : `; halted on harm after ${verification.lookAfterPercent} % of the nodes`}. It is undone on harm, never because a gain has not come yet.`,
        ],
      ],
    ],
    ['How it is undone', rollback.length === 0 ? [['', 'It is not undone by itself.']] : rollback.map(stepEntry)],
    ['What is left to a person', sentences(plan.advice)],
    [
      'Plan',
      [
        ['id', plan.id],
        ['hash', plan.hash],
        ['findings', plan.findings.join(', ')],
        ['seen at', plan.snapshotTakenAt],
      ],
    ],
  ];
}

function stepEntry(step: RemediationStep, at: number): readonly [string, string] {
  const call =
    step.kind === 'aws'
      ? `${step.service}:${step.operation} ${JSON.stringify(step.parameters)}`
      : `${step.verb} ${step.path} ${step.body === undefined ? '' : JSON.stringify(step.body)}`;
  return [`${at + 1}`, `${step.title}: ${call.trimEnd()}`];
}

function changeEntry({ of, field, before, after }: Change): readonly [string, string] {
  return [field, `${value(before)} -> ${value(after)} (${of})`];
}

const value = (of: Change['before']): string => (of === null ? 'unset' : typeof of === 'string' ? of : JSON.stringify(of));

const TOOLS = {
  'argo-cd': 'Argo CD',
  flux: 'Flux',
  helm: 'Helm',
  terraform: 'Terraform',
  cloudformation: 'CloudFormation',
  pulumi: 'Pulumi',
} as const;

function ownerText(owner: RemediationOwner): string {
  switch (owner.kind) {
    case 'owned':
      return `${TOOLS[owner.tool]} owns ${owner.of} (${owner.signs.join(', ')}) and would put it back: change its source instead.`;
    case 'none':
      return `No sign of an owner in ${owner.looked}. Terraform need not leave one.`;
    case 'unknown':
      return `Not known: ${owner.reason}. Look for one before you change anything.`;
  }
}
