/** The same fields, to be filled in one by one while the object is made. */
export type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }
