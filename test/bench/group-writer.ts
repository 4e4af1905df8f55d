/** The least there is to group commit: what arrives while a write is under way shares the next one. */
export class GroupWriter<T> {
  readonly #write: (items: readonly T[]) => Promise<void>
  #waiting: { readonly items: T[]; readonly done: Promise<void> } | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(write: (items: readonly T[]) => Promise<void>) {
    this.#write = write
  }

  append(item: T): Promise<void> {
    if (this.#waiting === undefined) {
      const items: T[] = []
      this.#writing = this.#writing.then(() => {
        this.#waiting = undefined
        return this.#write(items)
      })
      this.#waiting = { items, done: this.#writing }
    }
    this.#waiting.items.push(item)
    return this.#waiting.done
  }
}
