/**
 * A list of objects without what the server adds to each: switches that are off, numbers below zero, and what is empty. Declared
 * and observed are compared in this form, since nobody declares these and the server shows them all.
 */
export function omitDefaults(list: unknown): unknown {
  return Array.isArray(list) ? list.map((each: unknown) => (isPlain(each) ? Object.fromEntries(Object.entries(each).filter(([, value]) => !isDefault(value))) : each)) : list
}

function isDefault(value: unknown): boolean {
  if (value === false || value === '' || value === null || (typeof value === 'number' && value < 0)) return true
  return Array.isArray(value) ? value.length === 0 : isPlain(value) && Object.keys(value).length === 0
}

/** A reference is no plain object: it stays what it is. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
