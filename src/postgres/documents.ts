import type { DocumentKind } from '../store/store.ts'
import type { Database } from './database.ts'
import { escapeText, keyOf, unescapeText } from './name.ts'

const ONE = `stack = $1 AND kind = $2 AND key = $3`

/** Keeps a document; an existing one is replaced as a whole and becomes the newest. */
export async function putDocument(database: Database, stack: string, kind: DocumentKind, id: string, text: string): Promise<void> {
  await database.query(
    `INSERT INTO ${database.tables.documents} (stack, kind, key, name, body) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (stack, kind, key) DO UPDATE SET body = excluded.body, position = excluded.position`,
    [keyOf(stack), kind, keyOf(id), escapeText(id), escapeText(text)],
  )
}

/** A document's text; undefined where there is none. */
export async function getDocument(database: Database, stack: string, kind: DocumentKind, id: string): Promise<string | undefined> {
  const { rows } = await database.query(`SELECT body FROM ${database.tables.documents} WHERE ${ONE}`, [keyOf(stack), kind, keyOf(id)])
  return rows[0] === undefined ? undefined : unescapeText(String(rows[0]['body']))
}

/** The ids of the documents of a kind, oldest first. */
export async function listDocuments(database: Database, stack: string, kind: DocumentKind): Promise<readonly string[]> {
  const { rows } = await database.query(`SELECT name FROM ${database.tables.documents} WHERE stack = $1 AND kind = $2 ORDER BY position`, [keyOf(stack), kind])
  return rows.map(({ name }) => unescapeText(String(name)))
}

/** Removes a document; nothing happens where there is none. */
export async function removeDocument(database: Database, stack: string, kind: DocumentKind, id: string): Promise<void> {
  await database.query(`DELETE FROM ${database.tables.documents} WHERE ${ONE}`, [keyOf(stack), kind, keyOf(id)])
}
