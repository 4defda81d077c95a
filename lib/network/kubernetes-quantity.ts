const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * The number that a Kubernetes quantity stands for, as `512Mi`, `1.5G`, `1e9`: bytes, for memory.
 * Source: Kubernetes documentation, "Quantity" of the API reference.
 * @returns undefined for what is no quantity
 */
export function quantityOf(text: string | undefined): number | undefined {
  const [, number, exponent = '', unit = ''] = /^([+-]?(?:\d+\.?\d*|\.\d+))([eE][+-]?\d+)?([a-zA-Z]*)$/.exec(text ?? '') ?? [];
  const factor = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  if (number === undefined || factor === undefined || (exponent !== '' && unit !== '')) return undefined;
  return Number(`${number}${exponent}`) * factor;
}
