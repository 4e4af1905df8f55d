import type { Action } from '../core/action.ts'
import { PlanRefusedError } from '../core/errors.ts'
import { PLAN_VERSION, type Plan } from '../core/plan.ts'
import { LineCutter } from './line-cutter.ts'
import { formatFault } from './line.ts'
import { parsePlanAction, parsePlanHead, parsePlanTail, type PlanHead } from './plan.ts'

const START = '{"format":"convergent.plan","version":'
const SEAL = /,"sha256":"([0-9a-f]{64})"\}\s*$/
/** The seal lies in so many of the last characters, the version in so many of the first. */
const EDGE = 200
/** So much of a text that is no plan is looked at to say what it is. */
const MOST_OF_OTHER = 1 << 26

/**
 * Reads a plan's file that comes in pieces, line by line. What is wrong with a line is told at the end, since a plan that was
 * altered is to be called that.
 */
export class PlanReader {
  readonly #from: string | undefined
  readonly #lines = new LineCutter()
  readonly #actions: Action[] = []
  #start = ''
  /** The end so far, which may be that of the text. */
  #end = ''
  /** Of a text that does not begin as a plan. */
  readonly #other: string[] = []
  #otherLength = 0
  #head: PlanHead | undefined
  /** An action and whether another one follows it show with the next line. */
  #waiting: string | undefined
  #line = 0
  #fault: unknown

  constructor(from?: string) {
    this.#from = from
  }

  /** Takes the next piece of the text, and gives what of it the digest is over: the body. */
  add(piece: string): string {
    if (this.#start.length < EDGE) this.#start += piece.slice(0, EDGE - this.#start.length)
    if (this.#otherLength > 0 || !START.startsWith(this.#start.slice(0, START.length))) return this.#addOther(piece)
    this.#end += piece
    if (this.#end.length <= EDGE) return ''
    const body = this.#end.slice(0, -EDGE)
    this.#end = this.#end.slice(-EDGE)
    this.#addBody(body)
    return body
  }

  /**
   * After the last piece: what is left of the body, and the digest that the plan has of itself. Throws `plan-refused` for a plan
   * of a newer version, a truncated one, and one that was reformatted; `format` for what is no plan.
   */
  end(): { readonly body: string; readonly sha256: string } {
    const where = nameOf(this.#from)
    if (!this.#start.startsWith(START)) throw notAsWritten(this.#otherLength > 0 ? this.#other : [this.#end], where, this.#from)
    refuseNewer(Number(/^\{"format":"convergent\.plan","version":(\d+)[,}]/.exec(this.#start)?.[1] ?? Number.NaN), where)
    const seal = SEAL.exec(this.#end)
    if (seal === null) throw new PlanRefusedError('truncated', `${where} is truncated: it does not end with its digest; copy it again, or plan again`)
    const body = this.#end.slice(0, seal.index)
    this.#addBody(body)
    return { body, sha256: seal[1] as string }
  }

  /** The plan, after the end. Throws `format` with the line for what is damaged or not known. */
  plan(): Plan {
    if (this.#fault !== undefined) throw this.#fault
    const last = this.#line + 1
    const head = this.#head ?? parsePlanHead(this.#lines.rest, this.#from)
    const { summary } = parsePlanTail(this.#lines.rest, last, this.#from)
    if (this.#waiting !== undefined) this.#addAction(this.#waiting, last - 1, true)
    return { ...head, actions: this.#actions, summary }
  }

  #addOther(piece: string): string {
    if (this.#otherLength === 0) this.#other.push(this.#end)
    this.#otherLength += this.#end.length + piece.length
    this.#end = ''
    if (this.#otherLength <= MOST_OF_OTHER) this.#other.push(piece)
    return ''
  }

  #addBody(text: string): void {
    for (const line of this.#lines.cut(text)) {
      this.#line += 1
      if (this.#fault !== undefined) continue
      try {
        this.#addLine(line)
      } catch (error) {
        this.#fault = error
      }
    }
  }

  #addLine(line: string): void {
    if (this.#head === undefined) {
      this.#head = parsePlanHead(line, this.#from)
      return
    }
    if (this.#waiting !== undefined) this.#addAction(this.#waiting, this.#line - 1, false)
    this.#waiting = line
  }

  #addAction(text: string, line: number, isLast: boolean): void {
    const comma = text.endsWith(',')
    if (comma === isLast)
      throw formatFault({ document: 'plan', line, from: this.#from }, comma ? 'an action is missing after this one' : 'expected "," at the end of the line')
    this.#actions.push(parsePlanAction(comma ? text.slice(0, -1) : text, line, this.#from))
  }
}

/** A plan, for messages. */
export function nameOf(from: string | undefined): string {
  return from === undefined ? 'this plan' : `the plan ${from}`
}

function refuseNewer(version: number, where: string): void {
  if (version > PLAN_VERSION)
    throw new PlanRefusedError('newer-version', `${where} has format version ${version}, this release reads up to ${PLAN_VERSION}: use the release that wrote it, or plan again`)
}

function notAsWritten(pieces: readonly string[], where: string, from: string | undefined): Error {
  const text = pieces.join('')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    if (START.startsWith(text) && text.length > 1)
      return new PlanRefusedError('truncated', `${where} is truncated: only its first ${text.length} characters are there; copy it again, or plan again`)
  }
  if (typeof value === 'object' && value !== null && 'format' in value && value.format === 'convergent.plan') {
    refuseNewer('version' in value ? Number(value.version) : Number.NaN, where)
    return new PlanRefusedError('altered', `${where} was reformatted, so its digest says nothing: use the file as it was written, or plan again`)
  }
  return formatFault({ document: 'plan', from }, `this is no plan: expected JSON that begins with {"format":"convergent.plan", found ${describeStart(text)}`)
}

function describeStart(text: string): string {
  if (text.trim() === '') return 'nothing'
  return /^\s*[[{]/.test(text) ? 'other JSON or JSON-like text' : 'other text'
}
