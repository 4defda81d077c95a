import jsonata from 'jsonata';
import pLimit from 'p-limit';
import { resolved, resourcesOf, type Template } from '#test/infra/synthesised-hub.ts';

type Json = Readonly<Record<string, unknown>>;
interface State extends Json {
  readonly Type: 'Task' | 'Choice' | 'Map' | 'Pass' | 'Succeed' | 'Fail';
  readonly Next?: string;
  readonly Output?: unknown;
}
export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** What the machine reaches: Lambda by the logical id of a function, and S3 for the Map's reader. */
export interface Surroundings {
  readonly invoke: (functionId: string, payload: unknown) => Promise<unknown>;
  readonly readItems: (bucket: string, key: string) => Promise<readonly unknown[]>;
}
export type Execution = { readonly status: 'SUCCEEDED'; readonly path: string[]; readonly output: unknown } | Failed;
interface Failed {
  readonly status: 'FAILED';
  readonly path: string[];
  readonly error: string;
  readonly cause: string;
}

export function definitionOf(template: Template): Definition {
  const [machine] = resourcesOf(template, 'AWS::StepFunctions::StateMachine');
  return JSON.parse(String(resolved(machine?.[1].Properties['DefinitionString'])));
}

/**
 * Runs a definition as Step Functions would, as far as cniwatch uses it: JSONata, Lambda tasks, Choice, Catch, and a Map over a JSON
 * array whose reader and selector are in JSONPath. Its JSONata is the reference implementation; retries are left out.
 */
export async function execute(
  definition: Pick<Definition, 'StartAt' | 'States'>,
  surroundings: Surroundings,
  context: Json,
  input: unknown,
): Promise<Execution> {
  const path: string[] = [];
  let at: Step = { input, next: definition.StartAt };
  while (at.next !== undefined) {
    const name = at.next;
    const state = definition.States[name] as State;
    path.push(name);
    const run: Run = { name, state, input: at.input, context, surroundings, path };
    if (state.Type === 'Fail') {
      const [error, cause] = [await evaluate(run, state['Error']), await evaluate(run, state['Cause'])];
      return { status: 'FAILED', path, error: String(error), cause: String(cause) };
    }
    try {
      at = await STEPS[state.Type](run);
    } catch (error) {
      return { status: 'FAILED', path, error: (error as Error).name, cause: (error as Error).message };
    }
  }
  return { status: 'SUCCEEDED', path, output: at.input };
}

interface Run {
  readonly name: string;
  readonly state: State;
  readonly input: unknown;
  readonly context: Json;
  readonly surroundings: Surroundings;
  /** Of the whole execution: children add theirs. */
  readonly path: string[];
}
/** What the next state gets; the last one has none. */
interface Step {
  readonly input: unknown;
  readonly next: string | undefined;
}

const STEPS = { Task: task, Choice: choice, Map: map, Pass: output, Succeed: output } as const;

async function output(run: Run, more: Json = {}, otherwise = run.input): Promise<Step> {
  const { state } = run;
  return { input: 'Output' in state ? await evaluate(run, state.Output, more) : otherwise, next: state.Next };
}

async function task(run: Run): Promise<Step> {
  try {
    const { FunctionName, Payload } = (await evaluate(run, run.state['Arguments'])) as { FunctionName: string; Payload: unknown };
    const credentials = (await evaluate(run, run.state['Credentials'] ?? {})) as { RoleArn?: string };
    const as = credentials.RoleArn === undefined ? '' : ` as ${credentials.RoleArn}`;
    const result = { Payload: await run.surroundings.invoke(`${FunctionName.split(':').at(-1)}${as}`, Payload) };
    return await output(run, { result }, result);
  } catch (error) {
    const [caught] = (run.state['Catch'] ?? []) as { Next: string; Output?: unknown }[];
    if (!caught) throw error;
    const errorOutput = { Error: (error as Error).name, Cause: (error as Error).message };
    const input = 'Output' in caught ? await evaluate(run, caught.Output, { errorOutput }) : errorOutput;
    return { input, next: caught.Next };
  }
}

async function choice(run: Run): Promise<Step> {
  for (const { Condition, Next } of run.state['Choices'] as { Condition: string; Next: string }[]) {
    if ((await evaluate(run, Condition)) === true) return { input: run.input, next: Next };
  }
  return { input: run.input, next: String(run.state['Default']) };
}

async function map({ name, state, input, context, surroundings, path }: Run): Promise<Step> {
  if (state['ResultPath'] !== null) throw new Error('only a Map whose results are discarded is known here');
  const { Bucket, Key } = selected((state['ItemReader'] as Json)['Parameters'] as Json, { input, context });
  const { most } = selected({ 'most.$': state['MaxConcurrencyPath'] }, { input, context });
  const limit = pLimit(Number(most));
  const items = (await surroundings.readItems(String(Bucket), String(Key))).map((Value) =>
    selected(state['ItemSelector'] as Json, { input, context: { ...context, Map: { Item: { Value } } } }),
  );
  const children = await Promise.all(
    items.map((item) => limit(() => execute(state['ItemProcessor'] as Definition, surroundings, context, item))),
  );
  for (const child of children) path.push(...child.path.map((each) => `${name}/${each}`));
  return { input, next: state.Next };
}

/** A JSONPath template: `key.$` is a path of names, into the context where it starts with `$$`. */
function selected(template: Json, { input, context }: Pick<Run, 'input' | 'context'>): Json {
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => {
      if (!key.endsWith('.$')) return [key, value];
      const [root, ...steps] = String(value).split('.');
      const found = steps.reduce<unknown>((at, step) => (at as Json)[step], root === '$$' ? context : input);
      if (found === undefined) throw new Error(`States.Runtime: nothing at ${value}`);
      return [key.slice(0, -2), found];
    }),
  );
}

const evaluate = ({ input, context }: Run, value: unknown, more: Json = {}) => template(value, { input, context, ...more });

/** A template with its `{% ... %}` strings evaluated. An expression that yields nothing fails, as in Step Functions. */
async function template(value: unknown, states: Json): Promise<unknown> {
  if (typeof value === 'string') {
    const expression = /^\{%([\s\S]*)%\}$/.exec(value)?.[1];
    if (expression === undefined) return value;
    const result: unknown = await jsonata(expression).evaluate({}, { states });
    if (result === undefined) throw new Error(`States.QueryEvaluationError: ${expression} yields nothing`);
    return JSON.parse(JSON.stringify(result));
  }
  if (Array.isArray(value)) return Promise.all(value.map((each) => template(each, states)));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(async ([key, each]) => [key, await template(each, states)] as const);
  return Object.fromEntries(await Promise.all(entries));
}
