import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: ['test/oracles/**', 'test/e2e/**'] } },
      // Real servers, started by the project's own harness: `npm run test:servers`.
      {
        extends: true,
        test: { name: 'servers', include: ['test/oracles/**/*.test.ts'], fileParallelism: false },
      },
      // The stacks deployed for real on an emulator, and run by their own schedule: `npm run test:e2e`.
      { extends: true, test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], fileParallelism: false } },
    ],
    // A safety net for hung sockets only; no test measures time.
    testTimeout: 120_000,
    hookTimeout: 900_000,
    coverage: {
      provider: 'v8',
      include: ['lib/**', 'functions/**', 'infra/**'],
      reporter: ['text-summary', 'html'],
    },
  },
});
