import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { signature } from '#lib/publish/notify/signature.ts';
import { minute } from '#test/publish/notify/notices.ts';

/** The receiver's code as it stands in the documentation. */
const recipe = /```js\n(.*?)```/s.exec(readFileSync('docs/notifications.md', 'utf8'))?.[1] ?? '';
const { isFromCniwatch } = await import(`data:text/javascript,${encodeURIComponent(recipe)}`);

const KEY = 'a key that both sides know';
const BODY = '{"title":"é"}';
const header = signature(BODY, KEY, minute(0));
test.each<[string, boolean, string | undefined, string, string, number]>([
  ['what cniwatch signed', true, header, BODY, KEY, 0],
  ['the same four minutes later', true, header, BODY, KEY, 4],
  ['the same six minutes later', false, header, BODY, KEY, 6],
  ['another body', false, header, `${BODY} `, KEY, 0],
  ['another key', false, header, BODY, 'another', 0],
  ['another time', false, header.replace(/t=(\d+)/, (_, at) => `t=${Number(at) + 1}`), BODY, KEY, 0],
  ['no signature', false, undefined, BODY, KEY, 0],
  ['a signature cut short', false, header.slice(0, -2), BODY, KEY, 0],
])('the documented receiver judges %s: %s', (_title, expected, given, body, key, at) => {
  expect(isFromCniwatch(given, body, key, minute(at).getTime())).toBe(expected);
});
