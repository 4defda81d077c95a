import { devNull } from 'node:os';

/**
 * Points the SDK at the sandbox and at nothing else: whatever names a real account (profiles, keys, endpoints of single services) is taken
 * away first. Returns what puts it back.
 */
export function enterSandbox(
  environment: Readonly<Record<string, string>>,
  env: Record<string, string | undefined> = process.env,
): () => void {
  const before = Object.entries(env).filter(([name]) => name.startsWith('AWS_'));
  for (const [name] of before) delete env[name];
  // Profiles may hold endpoints and credentials too.
  const inside = { AWS_CONFIG_FILE: devNull, AWS_SHARED_CREDENTIALS_FILE: devNull, ...environment };
  Object.assign(env, inside);
  return () => {
    for (const name of Object.keys(inside)) delete env[name];
    Object.assign(env, Object.fromEntries(before));
  };
}
