export { plainText } from '#lib/model/plain-text.ts';
