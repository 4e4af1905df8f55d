/** What a server answers instead of doing it. */
export class Refusal extends Error {
  readonly code: number
  readonly codeName: string

  constructor(code: number, codeName: string, message: string) {
    super(message)
    this.code = code
    this.codeName = codeName
  }
}

export function refuseUnless(condition: unknown, code: number, codeName: string, message: string): asserts condition {
  if (condition === false || condition === undefined || condition === null) throw new Refusal(code, codeName, message)
}
