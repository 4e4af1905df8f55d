import { copyConfig, createConfig, type Config } from './config.ts'

/** A configuration that was saved before. */
export interface Backup {
  readonly id: string
  readonly timeS: number
  readonly description: string
  readonly config: Config
}

const KEPT_BACKUPS = 60

/**
 * The one file that holds everything that is saved. It has no lock: whoever reads it, waits and saves it again
 * throws away what others saved meanwhile. That is the firewall's own trap, and nothing here hides it.
 */
export class ConfigFile {
  #config: Config = createConfig()
  #backups: Backup[] = []
  #revision = 0
  readonly #now: () => string

  constructor(now: () => string) {
    this.#now = now
  }

  /** The whole of it, to be changed and saved. */
  read(): Config {
    return copyConfig(this.#config)
  }

  /** Puts a whole configuration in its place. */
  save(config: Config, description: string): void {
    this.#config = config
    this.#revision++
    const timeS = Math.floor(Date.parse(this.#now()) / 1000)
    const backup = { id: `config-${timeS}.${String(this.#revision).padStart(4, '0')}.xml`, timeS, description, config: copyConfig(config) }
    this.#backups = [backup, ...this.#backups].slice(0, KEPT_BACKUPS)
  }

  /** Newest first. */
  backups(): readonly Backup[] {
    return this.#backups
  }

  /** How often it was saved. */
  revision(): number {
    return this.#revision
  }
}
