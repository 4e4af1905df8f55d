/** Whose an object is, and its name there. */
export interface Place {
  readonly project: string
  readonly name: string
}

/** `FLEET.trips` in its parts: neither part holds a dot. A name alone is one of `project`. */
export function readPlace(id: string, project = ''): Place {
  const at = id.indexOf('.')
  return at === -1 ? { project, name: id } : { project: id.slice(0, at), name: id.slice(at + 1) }
}

/** The id of an object: `FLEET.trips`. */
export function writePlace({ project, name }: Place): string {
  return `${project}.${name}`
}
