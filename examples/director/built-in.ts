/** True for the names of what a node has of its own: it refuses to be changed, and is nobody's to delete. Not every kind has one of each. */
export function isBuiltIn(name: string): boolean {
  return name.startsWith('_') || name === 'default'
}
