import type { Kind, Row, Snapshot } from '../../examples/opnsense/server/config.ts'
import { kindNames } from '../../examples/opnsense/server/config.ts'
import type { Readiness } from '../../examples/opnsense/server/live-state.ts'
import type { Tap } from './tap.ts'
import { CREDENTIALS } from './messages.ts'

const PLACES: Readonly<Partial<Record<Kind, readonly [controller: string, noun: string, settle: string]>>> = {
  alias: ['firewall/alias', 'Item', 'firewall/alias/reconfigure'],
  rule: ['firewall/filter', 'Rule', 'firewall/filter/apply'],
  vlan: ['interfaces/vlan_settings', 'Item', 'interfaces/vlan_settings/reconfigure'],
}

/** Somebody else who has things on the same firewall, and makes and removes them as a person does. Nobody may touch them. */
export class Neighbour {
  readonly #tap: Tap
  readonly #readiness: Readiness
  readonly #rows = new Map<string, string>()

  /** `readiness`: how the firewall is while it does nothing. */
  constructor(tap: Tap, readiness: Readiness) {
    this.#tap = tap
    this.#readiness = readiness
  }

  ids(): ReadonlySet<string> {
    return new Set(this.#rows.keys())
  }

  /** Makes something, and makes it effective. Gives its id. */
  async make(kind: keyof typeof PLACES, fields: Row): Promise<string> {
    const [controller, noun, settle] = PLACES[kind] as readonly [string, string, string]
    const { uuid } = (await this.#post(`${controller}/add${noun}`, { [kind]: fields })) as { readonly uuid?: string }
    if (uuid === undefined) throw new Error(`the neighbour could not make ${kind} ${JSON.stringify(fields)}`)
    await this.#settle(settle)
    this.#rows.set(uuid, JSON.stringify(this.#tap.firewall.saved()[kind].find((row) => row.uuid === uuid)))
    return uuid
  }

  /** Removes something of its own, and makes that effective. */
  async remove(kind: keyof typeof PLACES, uuid: string): Promise<void> {
    const [controller, noun, settle] = PLACES[kind] as readonly [string, string, string]
    await this.#post(`${controller}/del${noun}/${uuid}`, {})
    await this.#settle(settle)
    this.#rows.delete(uuid)
  }

  /** All of it is there as it was. */
  check(saved: Snapshot): readonly string[] {
    const there = new Map(kindNames.flatMap((kind) => saved[kind].map((row) => [row.uuid, JSON.stringify(row)] as const)))
    return [...this.#rows].filter(([uuid, row]) => there.get(uuid) !== row).map(([uuid, row]) => `somebody else's was ${row}, and is ${there.get(uuid) ?? 'gone'}`)
  }

  /** It stays until that is effective. */
  async #settle(path: string): Promise<void> {
    const { firewall } = this.#tap
    firewall.delay({})
    await this.#post(path, {})
    firewall.delay(this.#readiness)
  }

  async #post(path: string, body: unknown): Promise<unknown> {
    const reply = await this.#tap.firewall.fetch(
      new Request(`${this.#tap.url}/api/${path}`, { method: 'POST', headers: { authorization: `Basic ${btoa(`${CREDENTIALS.key}:${CREDENTIALS.secret}`)}`, 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    )
    return reply.json()
  }
}
